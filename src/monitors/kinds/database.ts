import { defineKind, sinceMs } from '../kind.ts';
import { reason } from '../reason.ts';

/** The portal's own database. */
export const database = defineKind({
  kind: 'database',
  summary: "The portal's own database answers",
  settings: {},
  everyMs: 30_000,
  values: { connected: 'flag', latency: 'duration' },
  fail: ['connected'],
  target: () => 'portal:database',
  async check(_settings, { portal, timeoutMs }) {
    const started = performance.now();
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = setTimeout(resolve, timeoutMs, 'late');
    const asked = portal.askDatabase().then(
      () => 'ok' as const,
      (error: unknown) => String((error as { code?: unknown }).code ?? (error as Error).message),
    );
    const answer = await Promise.race([asked, late]);
    clearTimeout(timer);
    const latencyMs = sinceMs(started);
    const values = { connected: answer === 'ok', latency: latencyMs };
    if (answer === 'ok') return { latencyMs, values };
    return { latencyMs, values, failure: answer === 'late' ? reason('timeout') : reason('failed', answer) };
  },
});
