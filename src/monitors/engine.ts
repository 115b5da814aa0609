import type { Logger } from 'pino';
import type { Db, Tx } from '../db/db.ts';
import type { IncidentBook } from '../incidents/incidents.ts';
import type { Impact } from '../incidents/schema.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { createAgenda } from './agenda.ts';
import type { BlindReason } from './blindness.ts';
import type { Catalogue } from './catalogue.ts';
import { createCheckFigures, type FiguresNow } from './check-figures.ts';
import { conclude } from './conclude.ts';
import { windowsBetween } from './cron-window.ts';
import { createEyesight } from './eyesight.ts';
import type { Observation, PortalUnderWatch } from './kind.ts';
import { createLease } from './lease.ts';
import { createLedger } from './ledger.ts';
import { type LiveMonitor, latencyOver } from './live-monitor.ts';
import { chargeOf } from './monitor-state.ts';
import { type Due, dueBetween, firstLooks } from './plan.ts';
import { createRoster } from './roster.ts';
import { runCheck } from './run-check.ts';
import { createSampleBook } from './sample-book.ts';
import { isUnsettled, type MonitorEvent, NO_PARENTS, type Parents, step } from './step.ts';

/** Watches: decides when each monitor runs, runs it, and keeps what came of it. */
export interface Engine {
  /** Loads what is known; with `watch` it also takes part in the beat. */
  start(watch: boolean): Promise<void>;
  /** Once a second. */
  beat(): Promise<void>;
  stop(): Promise<void>;
  monitors(): ReadonlyMap<string, LiveMonitor>;
  figures(): FiguresNow;
  blind(): BlindReason | undefined;
  /** This process holds the beat. */
  watches(): boolean;
  /** Runs a monitor as soon as it is free. */
  checkNow(id: string): void;
  /** After the files have changed. */
  takeOver(): Promise<void>;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody can set. */
  readonly mono: () => number;
  readonly log: Logger;
  readonly random: () => number;
  readonly holder: string;
  readonly alone: boolean;
  readonly catalogue: () => Catalogue;
  readonly incidents: IncidentBook;
  readonly portal: PortalUnderWatch;
  readonly audit?: ((tx: Tx, entry: AuditEntry) => Promise<void>) | undefined;
  /** Something that pages show has changed. */
  readonly onChange: () => void;
}

/** A beat plans so far ahead: a little more than a second, since the next one may come late. */
const AHEAD_MS = 1_250;
/** After a longer pause between two beats we were asleep, and what began before says nothing. */
const ASLEEP_MS = 5_000;
/** A process that is still starting is late without being sick. */
const WARM_UP_MS = 15_000;
const BEATS = { windows: 5, samples: 60, retention: 3_600 } as const;
const FOLLOW_MS = 5_000;
/** Nobody watched for longer than this: the time is not known and not charged. */
const UNWATCHED_MS = 120_000;

export function createEngine(deps: Deps): Engine {
  const { db, clock, mono, log, random, catalogue, incidents, portal } = deps;
  const figures = createCheckFigures();
  const lease = createLease({ db, clock, mono, holder: deps.holder, alone: deps.alone });
  const agenda = createAgenda(mono, start);
  const samples = createSampleBook({ db, clock, log });
  const roster = createRoster({ db, clock, catalogue, onRemove: dismiss });
  const { live } = roster;
  const eyes = createEyesight({ mono, roots: roster.roots, onChange: believe });
  const ledger = createLedger({
    ...deps,
    impactOf,
    onWritten: deps.onChange,
    onLeaseLost: stand,
  });
  let watching = false;
  /** What we have in memory is what the database holds, and we may change it. */
  let loaded = false;
  let beats = 0;
  let loadedAt = 0;
  let plannedUntil = 0;
  let lastBeat = 0;
  let era = 0;
  let following: NodeJS.Timeout | undefined;

  // ---- running ----

  function start({ id, at }: Due): void {
    const one = live.get(id);
    if (!one) return;
    const lag = mono() - at;
    figures.started(lag);
    if (isWarm(mono())) eyes.started(lag);
    run(one);
  }

  const isWarm = (now: number): boolean => now - loadedAt > WARM_UP_MS;

  function run(one: LiveMonitor): void {
    if (one.running) {
      figures.missed();
      return;
    }
    clearTimeout(one.recheck);
    one.recheck = undefined;
    one.running = true;
    const began = { at: clock.now(), era };
    void runCheck(one.monitor, portal).then((observation) => {
      one.running = false;
      const isOfNow = began.era === era && mono() - lastBeat < ASLEEP_MS;
      // Replaced, gone, or overslept: what it says is of another time.
      if (watching && isOfNow && live.get(one.id) === one) take(one, observation, began.at);
    });
  }

  function take(one: LiveMonitor, observation: Observation, at: number): void {
    const over = (p: number, ms: number) => latencyOver(one, p, ms, clock.now());
    const { outcome, reason } = conclude(one.monitor, observation, over);
    figures.done(outcome);
    samples.add(one, { at, outcome, latencyMs: observation.latencyMs, reason });
    eyes.saw(one, outcome === 'fail');
    const parents = outcome === 'fail' ? parentsOf(one) : NO_PARENTS;
    happen(one, { kind: 'result', outcome, reason, parents });
    if (isUnsettled(one.state) || (eyes.blind() && eyes.isSuspect(one))) recheck(one);
  }

  /** A new look soon, spread a little so that a crowd does not come back at once. */
  function recheck(one: LiveMonitor): void {
    if (one.recheck || !watching) return;
    const pause = one.monitor.recheckMs * (0.85 + random() * 0.3);
    one.recheck = setTimeout(() => {
      one.recheck = undefined;
      if (!one.running) run(one);
    }, pause);
  }

  // ---- what happens to a monitor ----

  function happen(one: LiveMonitor, event: MonitorEvent, at = clock.now()): void {
    const before = one.state;
    const [state, effects] = step(before, event, at, one.monitor.confirm);
    one.state = state;
    if (effects.length === 0) return;
    if (state.seq !== before.seq) {
      one.changes.push({ at: state.since, charge: chargeOf(state.health, state.overlay) });
      if (state.health === 'SUSPECT' && before.health !== 'SUSPECT') probeParents(one);
      if (!isDown(one) && before.health === 'RECOVERING') wakeChildren(one.id);
    }
    ledger.note(one, effects);
  }

  const isDown = (one: LiveMonitor | undefined): boolean =>
    one !== undefined && chargeOf(one.state.health, one.state.overlay) === 'down';

  function parentsOf(one: LiveMonitor): Parents {
    const parents = one.monitor.parents.flatMap((id) => live.get(id) ?? []);
    const down = parents.find((parent) => isDown(parent) || parent.state.suppressedBy !== null);
    return { down: down?.id ?? null, unsure: parents.some(({ state }) => isUnsettled(state)) };
  }

  function probeParents(one: LiveMonitor): void {
    for (const id of one.monitor.parents) {
      const parent = live.get(id);
      if (parent && !parent.running && !isDown(parent)) run(parent);
    }
  }

  function wakeChildren(id: string): void {
    for (const one of live.values()) if (one.state.suppressedBy === id) recheck(one);
  }

  function impactOf({ id, monitor }: LiveMonitor): Impact {
    const all = catalogue().services.get(monitor.service)?.monitors ?? [];
    return all.every((other) => other === id || isDown(live.get(other))) ? 'major' : 'minor';
  }

  /** A monitor that the files no longer name. */
  function dismiss(one: LiveMonitor): void {
    clearTimeout(one.recheck);
    eyes.forget(one);
    samples.keep(one);
    // An incident of a monitor that nobody runs any more would stay open for ever.
    if (!one.state.incident || !lease.held()) return;
    one.state = { ...one.state, incident: false, alerted: false };
    ledger.note(one, [{ kind: 'incident', change: 'close' }]);
  }

  // ---- blindness ----

  function believe(blind: BlindReason | undefined, was: BlindReason | undefined, gapMs: number): void {
    const active = blind !== undefined;
    const reason = blind ?? was ?? null;
    const at = clock.now() - gapMs;
    log.warn({ reason, active }, 'monitors: whether results are believed has changed');
    for (const one of live.values()) {
      happen(one, { kind: 'blind', active }, at);
      if (active && eyes.isSuspect(one)) recheck(one);
    }
    const action = active ? 'monitors.blind' : 'monitors.sighted';
    const entry = { actor: 'system:monitors', action, subject: 'monitors', details: { reason } };
    void db
      .tx(async (tx) => deps.audit?.(tx, entry))
      .catch((error: unknown) => log.error({ err: error }, 'monitors: blindness could not be recorded'));
  }

  // ---- the beat ----

  async function beat(): Promise<void> {
    if (!watching) return;
    if (!(await lease.keep())) {
      if (loaded) stand();
      return;
    }
    if (!loaded) await load();
    const now = mono();
    const gap = beats === 0 ? 0 : now - lastBeat - 1_000;
    lastBeat = now;
    if (gap > ASLEEP_MS) era++;
    eyes.look(isWarm(now) ? gap : 0);
    plan(now);
    await chores();
  }

  function plan(now: number): void {
    const to = now + AHEAD_MS;
    const due = dueBetween(live.values(), Math.max(plannedUntil, now - 60_000), to);
    plannedUntil = to;
    figures.due(due.length);
    agenda.add(due);
  }

  async function chores(): Promise<void> {
    if (beats % BEATS.windows === 0) applyMaintenance();
    beats++;
    if (beats % BEATS.samples === 0) await samples.write(live.values());
    if (beats % BEATS.retention === 0) await samples.forgetOld();
  }

  function applyMaintenance(): void {
    const now = clock.now();
    const planned = incidents.windows().filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
    const services = new Set(planned.flatMap((window) => window.services));
    for (const one of live.values()) {
      const active =
        services.has(one.monitor.service) ||
        one.monitor.maintenance.some((window) => windowsBetween(window, now, now + 1).length > 0);
      if (active !== one.state.maintenance) happen(one, { kind: 'maintenance', active });
    }
  }

  /** Another process has the beat: stop looking, keep showing. */
  function stand(): void {
    loaded = false;
    agenda.clear();
    for (const one of live.values()) clearTimeout(one.recheck);
    log.warn('monitors: another process holds the beat now');
  }

  // ---- what is known ----

  // Read before the first renewal of the lease overwrites it.
  let lastWatched: number | undefined;

  /** Everything from the database, as the one who watches. */
  async function load(): Promise<void> {
    roster.clear();
    await roster.adopt(true);
    await samples.restore(live.values());
    await incidents.refresh();
    plannedUntil = mono();
    lastBeat = mono();
    loadedAt = mono();
    loaded = true;
    markUnwatched();
    agenda.add(firstLooks([...live.values()], mono()));
    // Days are rolled up from what is written.
    await ledger.flush();
    deps.onChange();
  }

  function markUnwatched(): void {
    const now = clock.now();
    const since = lastWatched;
    lastWatched = undefined;
    const isGap = since !== undefined && now - since > UNWATCHED_MS;
    for (const one of live.values()) {
      if (isGap && one.state.health !== 'NEW') happen(one, { kind: 'blind', active: true }, since);
      happen(one, { kind: 'blind', active: false }, now);
    }
  }

  /** As one who does not watch: states from the database, now and then. */
  async function follow(): Promise<void> {
    if (loaded && lease.held()) return;
    await roster.adopt(false);
    const isNews = await incidents.refresh();
    if ((await roster.follow()) || isNews) deps.onChange();
  }

  const tellError = (error: unknown) => log.error({ err: error }, 'monitors: states could not be read');

  return {
    beat,
    async start(watch) {
      watching = watch;
      await incidents.refresh();
      if (watch) {
        lastWatched = await lease.lastWatched();
        await beat();
      }
      await follow();
      following = setInterval(() => void follow().catch(tellError), FOLLOW_MS);
      following.unref();
      deps.onChange();
    },
    async stop() {
      watching = false;
      clearInterval(following);
      agenda.clear();
      for (const one of live.values()) clearTimeout(one.recheck);
      if (!loaded || !lease.held()) return;
      await ledger.flush();
      await samples.write(live.values());
      await lease.giveBack();
    },
    monitors: () => live,
    figures: figures.read,
    blind: eyes.blind,
    watches: () => watching && loaded && lease.held(),
    checkNow(id) {
      const one = live.get(id);
      if (one && !one.running && loaded) run(one);
    },
    async takeOver() {
      await roster.adopt(lease.held());
      const unseen = [...live.values()].filter(({ state }) => state.health === 'NEW');
      if (loaded) agenda.add(firstLooks(unseen, mono()));
      deps.onChange();
    },
  };
}
