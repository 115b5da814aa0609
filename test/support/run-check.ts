import { z } from 'zod';
import { parseCondition } from '../../src/monitors/condition.ts';
import type { CheckContext, MonitorKind, Observation, PortalUnderWatch } from '../../src/monitors/kind.ts';

interface Options extends Partial<Pick<CheckContext, 'timeoutMs'>> {
  /** Conditions as in a service file; their values are what the check has to find. */
  readonly conditions?: readonly string[];
  readonly portal?: Partial<PortalUnderWatch>;
}

export interface Checked extends Observation {
  /** Conditions that do not hold, as people see them: `status == 200: 503`. */
  readonly broken: readonly string[];
  readonly tookMs: number;
}

const PORTAL: PortalUnderWatch = {
  address: () => ({ host: '127.0.0.1', port: 1, name: 'localhost' }),
  dataDir: '/tmp',
  askDatabase: () => Promise.resolve(),
  lastBeat: () => Promise.resolve(undefined),
};

/** One check of a kind, its settings read as from a service file, its conditions asked as the engine does. */
export async function runCheck(
  kind: MonitorKind,
  settings: unknown,
  options: Options = {},
): Promise<Checked> {
  const conditions = (options.conditions ?? kind.fail).map((text) => {
    const parsed = parseCondition(text, kind.values);
    if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
    return parsed.condition;
  });
  const context: CheckContext = {
    monitor: 'under-test',
    timeoutMs: options.timeoutMs ?? 10_000,
    wants: new Set(conditions.map(({ root }) => root)),
    portal: { ...PORTAL, ...options.portal },
  };
  const started = performance.now();
  const seen = await kind.check(z.strictObject(kind.shape).parse(settings), context);
  const observed = {
    value: (name: string) => (Object.hasOwn(seen.values, name) ? seen.values[name] : seen.lookup?.(name)),
    latencyOver: () => undefined,
  };
  const broken = conditions.filter((one) => !one.holds(observed));
  return {
    ...seen,
    tookMs: performance.now() - started,
    broken: broken.map((one) => `${one.text}: ${one.shown(observed)}`),
  };
}

/** What a service file with these settings is told, mistakes of the kind included. */
export function mistakesOf(kind: MonitorKind, settings: unknown): string[] {
  const parsed = z.strictObject(kind.shape).safeParse(settings);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return (kind.mistakes?.(parsed.data) ?? []).map(({ key, message }) => `${key}: ${message}`);
}
