import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkedYaml, lineInYaml } from '../lib/checked-yaml.ts';
import { nearest } from '../lib/nearest.ts';
import type { Problem } from '../lib/problem.ts';
import type { Catalogue, Group, Monitor, Service } from './catalogue.ts';
import { findCycle } from './find-cycle.ts';
import { MONITOR_KINDS } from './kinds/index.ts';
import {
  type CommonSettings,
  commonOf,
  conditionsOf,
  groupsFileSchema,
  type Mistake,
  type ServiceFile,
  serviceFileSchema,
} from './schema.ts';
import { fillSecrets, type Missing, type Secrets } from './secrets.ts';

export type Read =
  | { readonly ok: true; readonly catalogue: Catalogue }
  | { readonly ok: false; readonly problems: readonly Problem[] };

interface Source {
  readonly file: string;
  readonly text: string;
}

interface Parsed extends Source {
  readonly value: ServiceFile;
  /** The monitors as they were written: without secrets, for showing. */
  readonly written: readonly unknown[];
}

const GROUPS_FILE = '_groups.yaml';

/** All of `monitors/` as one catalogue, or every mistake in it with file, line, key and what was probably meant. */
export function readServiceFiles(root: string, secrets: Secrets): Read {
  const sources = sourcesIn(join(root, 'monitors'));
  const problems: Problem[] = [];
  const groupsSource = sources.find(({ file }) => file === `monitors/${GROUPS_FILE}`);
  const groups = groupsSource ? readGroups(groupsSource, problems) : [];
  const files = sources
    .filter((source) => source !== groupsSource)
    .flatMap((source) => readOne(source, secrets, problems) ?? []);
  const say = (source: Source, { path, message, suggestion }: Mistake) =>
    problems.push({
      file: source.file,
      line: lineInYaml(source.text, path),
      key: keyText(path),
      code: 'wrong-value',
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  const catalogue = assemble({ files, groups, say, complete: problems.length === 0 });
  return problems.length === 0 ? { ok: true, catalogue } : { ok: false, problems: problems.slice(0, 200) };
}

function readGroups(source: Source, problems: Problem[]): readonly Group[] {
  const checked = checkedYaml(groupsFileSchema, source);
  // The schema lets an `undefined` name pass that YAML cannot contain.
  if (checked.ok) return checked.value.groups as readonly Group[];
  problems.push(...checked.problems);
  return [];
}

function readOne(source: Source, secrets: Secrets, problems: Problem[]): Parsed | undefined {
  let written: unknown;
  let missing: readonly Missing[] = [];
  const prepare = (data: unknown) => {
    written = data;
    const filled = fillSecrets(data, secrets);
    missing = filled.missing;
    return filled.value;
  };
  const checked = checkedYaml(serviceFileSchema, { ...source, prepare });
  const gaps = missing.map(({ path, message }) => ({
    file: source.file,
    line: lineInYaml(source.text, path),
    key: keyText(path),
    code: 'missing-secret',
    message,
  }));
  // A place that could not be filled in is no fault of its own beside that.
  const others = checked.ok ? [] : checked.problems.filter(({ key }) => !gaps.some((gap) => gap.key === key));
  problems.push(...gaps, ...others);
  if (!checked.ok || gaps.length > 0) return undefined;
  const monitors = (written as { monitors?: unknown[] } | null)?.monitors ?? [];
  return { ...source, value: checked.value, written: monitors };
}

function sourcesIn(folder: string): Source[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    // Without a folder there are no services; that is a choice and not a mistake.
    return [];
  }
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ file: `monitors/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}

const keyText = (path: readonly (string | number)[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');

interface Assembly {
  readonly files: readonly Parsed[];
  readonly groups: readonly Group[];
  /** Without mistakes so far: only then a reference to something unknown is a mistake of its own. */
  readonly complete: boolean;
  say(source: Source, mistake: Mistake): void;
}

function assemble({ files, groups, say, complete }: Assembly): Catalogue {
  const services = new Map<string, Service>();
  const monitors = new Map<string, Monitor>();
  for (const file of files) {
    const { service } = file.value;
    const other = services.get(service.id);
    if (other) {
      say(file, { path: ['service', 'id'], message: `"${service.id}" is already the id of ${other.file}` });
      continue;
    }
    const own = monitorsOf(file, say).filter((monitor, i) => {
      const twin = monitors.get(monitor.id);
      if (twin) {
        const message = `"${monitor.id}" is already a monitor of the service ${twin.service}`;
        say(file, { path: ['monitors', i, 'id'], message });
      } else monitors.set(monitor.id, monitor);
      return !twin;
    });
    services.set(service.id, {
      ...(service as Omit<Service, 'monitors' | 'file'>),
      monitors: own.map((monitor) => monitor.id),
      file: file.file,
    });
  }
  if (complete) checkReferences({ files, groups, services, monitors, say });
  return { groups, services, monitors: withParents(monitors, services) };
}

function monitorsOf(file: Parsed, say: Assembly['say']): Monitor[] {
  return file.value.monitors.map((raw, i): Monitor => {
    const mine = (mistake: Mistake) => say(file, { ...mistake, path: ['monitors', i, ...mistake.path] });
    const common = commonOf(raw);
    const kind = MONITOR_KINDS[common.kind];
    if (!kind) throw new Error(`no kind ${common.kind}`);
    for (const { key, message } of kind.mistakes?.(raw) ?? []) mine({ path: [key], message });
    const fail = conditionsOf(kind, 'fail', common.expect?.fail);
    const warn = conditionsOf(kind, 'warn', common.expect?.warn);
    for (const mistake of [...fail.mistakes, ...warn.mistakes]) mine(mistake);
    return {
      id: common.id,
      service: file.value.service.id,
      ...(common.name ? { name: common.name as NonNullable<Monitor['name']> } : {}),
      kind,
      settings: raw,
      // From the text as written, so that no secret is ever part of it.
      target: kind.target(file.written[i]),
      ...rhythmOf(common, file.value.defaults, kind.everyMs),
      fail: fail.conditions,
      warn: warn.conditions,
      wants: new Set([...fail.conditions, ...warn.conditions].map((condition) => condition.root)),
      parents: common.dependsOn,
      maintenance: common.maintenance,
      ...ticketOf(common, file.value.defaults),
    };
  });
}

function ticketOf(common: CommonSettings, defaults: ServiceFile['defaults']): Pick<Monitor, 'ticket'> {
  const ticket = common.ticket ?? defaults.ticket;
  return ticket ? { ticket } : {};
}

function rhythmOf(common: CommonSettings, defaults: ServiceFile['defaults'], kindEveryMs: number) {
  const everyMs = common.every ?? defaults.every ?? kindEveryMs;
  const confirm = { ...defaults.confirm, ...common.confirm };
  return {
    everyMs,
    // A check that may outlast the interval would make the next one late.
    timeoutMs: Math.min(common.timeout ?? defaults.timeout ?? 8_000, Math.max(500, everyMs - 100)),
    recheckMs: Math.min(confirm.recheck ?? 5_000, everyMs),
    confirm: { fail: confirm.fail ?? 3, recover: confirm.recover ?? 2 },
  };
}

interface References extends Pick<Assembly, 'files' | 'groups' | 'say'> {
  readonly services: ReadonlyMap<string, Service>;
  readonly monitors: ReadonlyMap<string, Monitor>;
}

function checkReferences({ files, groups, services, monitors, say }: References): void {
  for (const file of files) {
    const known = (
      path: readonly (string | number)[],
      wanted: string,
      ids: readonly string[],
      what: string,
    ) => {
      if (ids.includes(wanted)) return;
      const suggestion = nearest(wanted, ids);
      const message = `there is no ${what} "${wanted}"`;
      say(file, { path, message, ...(suggestion === undefined ? {} : { suggestion }) });
    };
    const { service } = file.value;
    if (groups.length > 0)
      known(
        ['service', 'group'],
        service.group,
        groups.map((group) => group.id),
        'group',
      );
    const serviceIds = [...services.keys()];
    for (const [i, id] of service.dependsOn.entries())
      known(['service', 'dependsOn', i], id, serviceIds, 'service');
    for (const [m, raw] of file.value.monitors.entries()) {
      for (const [i, id] of commonOf(raw).dependsOn.entries()) {
        if (!services.has(id) && !monitors.has(id))
          known(
            ['monitors', m, 'dependsOn', i],
            id,
            [...serviceIds, ...monitors.keys()],
            'monitor or service',
          );
      }
    }
    checkCycles(file, { services, monitors, say });
  }
}

function checkCycles(
  file: Parsed,
  { services, monitors, say }: Pick<References, 'services' | 'monitors' | 'say'>,
): void {
  const ofService = findCycle(file.value.service.id, (id) => services.get(id)?.dependsOn ?? []);
  if (ofService)
    say(file, { path: ['service', 'dependsOn'], message: `depends on itself: ${ofService.join(' → ')}` });
  const next = (id: string) => expand(monitors.get(id)?.parents ?? [], services);
  for (const [m, { id }] of file.value.monitors.map((raw) => commonOf(raw)).entries()) {
    const cycle = findCycle(id, next);
    if (cycle)
      say(file, { path: ['monitors', m, 'dependsOn'], message: `depends on itself: ${cycle.join(' → ')}` });
  }
}

/** A service stands for all of its monitors. */
const expand = (ids: readonly string[], services: ReadonlyMap<string, Service>): string[] =>
  ids.flatMap((id) => services.get(id)?.monitors ?? [id]);

/** A monitor depends on what it names and on the monitors of all services that its service depends on. */
function withParents(
  monitors: ReadonlyMap<string, Monitor>,
  services: ReadonlyMap<string, Service>,
): ReadonlyMap<string, Monitor> {
  const parents = (monitor: Monitor): readonly string[] => {
    const named = expand(monitor.parents, services);
    const inherited = expand(services.get(monitor.service)?.dependsOn ?? [], services);
    return [...new Set([...named, ...inherited])].filter((id) => id !== monitor.id && monitors.has(id));
  };
  return new Map([...monitors].map(([id, monitor]) => [id, { ...monitor, parents: parents(monitor) }]));
}
