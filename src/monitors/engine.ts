import type { Logger } from 'pino';
import type { Db, Tx } from '../db/db.ts';
import type { IncidentBook } from '../incidents/incidents.ts';
import type { Impact } from '../incidents/schema.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { createAgenda } from './agenda.ts';
import { type BlindReason, blindReason } from './blindness.ts';
import type { Catalogue } from './catalogue.ts';
import { type CheckFigures, createCheckFigures } from './check-figures.ts';
import { conclude } from './conclude.ts';
import { windowsBetween } from './cron-window.ts';
import { DAY_MS, dayOf, hourOf } from './days.ts';
import type { PortalUnderWatch } from './kind.ts';
import { createLease } from './lease.ts';
import { createLedger } from './ledger.ts';
import { type LiveMonitor, latencyOver, makeLive, remember, rootOf } from './live-monitor.ts';
import { chargeOf, newState } from './monitor-state.ts';
import { openPack, unpack } from './packed-hour.ts';
import { type Due, dueBetween, firstLooks } from './plan.ts';
import { runCheck } from './run-check.ts';
import { isUnsettled, type MonitorEvent, NO_PARENTS, type Parents, step } from './step.ts';
import {
  deleteHoursBefore,
  insertMonitors,
  type Packed,
  readHours,
  readMonitors,
  readTransitions,
  writePacks,
} from './store.ts';

/** Watches: decides when each monitor runs, runs it, and keeps what came of it. */
export interface Engine {
  /** Loads what is known; with `watch` it also takes part in the beat. */
  start(watch: boolean): Promise<void>;
  /** Once a second. */
  beat(): Promise<void>;
  stop(): Promise<void>;
  monitors(): ReadonlyMap<string, LiveMonitor>;
  figures(): ReturnType<CheckFigures['read']>;
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
  readonly catalogue: () => Catalogue;
  readonly incidents: IncidentBook;
  readonly portal: PortalUnderWatch;
  readonly audit?: ((tx: Tx, entry: AuditEntry) => Promise<void>) | undefined;
  /** Something that pages show has changed. */
  readonly onChange: () => void;
}

const AHEAD_MS = 1_250;
const FLUSH_BEATS = 60;
const WINDOW_BEATS = 5;
const FOLLOW_MS = 5_000;
const KEPT_HOURS = 7 * 24;
const UNWATCHED_MS = 120_000;
const SIGHT_AGAIN_MS = 6_000;

export function createEngine(deps: Deps): Engine {
  const { db, clock, mono, log, random, catalogue, incidents, portal } = deps;
  const figures = createCheckFigures();
  const live = new Map<string, LiveMonitor>();
  /** Monitors that were well and fail now, by id. */
  const suspects = new Set<LiveMonitor>();
  const full: Packed[] = [];
  const lease = createLease({ db, clock, mono, holder: deps.holder });
  const agenda = createAgenda(mono, start);
  let roots = 0;
  let watching = false;
  let loaded = false;
  let beats = 0;
  let plannedUntil = 0;
  let lastBeat = 0;
  let lagMs = 0;
  let blind: BlindReason | undefined;
  let blindSince = 0;
  /** Results of checks that began in another era (before a freeze) are not believed. */
  let era = 0;
  let following: NodeJS.Timeout | undefined;
  let followedAt = 0;

  const ledger = createLedger({
    ...deps,
    impactOf,
    onWritten: deps.onChange,
    onLeaseLost() {
      log.warn('monitors: another process holds the beat now');
      loaded = false;
    },
  });

  function impactOf({ monitor }: LiveMonitor): Impact {
    const siblings = catalogue().services.get(monitor.service)?.monitors ?? [];
    return siblings.every((id) => id === monitor.id || isDown(live.get(id))) ? 'major' : 'minor';
  }

  const isDown = (one: LiveMonitor | undefined): boolean =>
    one !== undefined && chargeOf(one.state.health, one.state.overlay) === 'down';

  // ---- running ----

  function start({ id, at }: Due): void {
    const one = live.get(id);
    if (!one) return;
    lagMs = mono() - at;
    figures.started(lagMs);
    run(one);
  }

  function run(one: LiveMonitor): void {
    if (one.running) {
      figures.missed();
      return;
    }
    clearTimeout(one.recheck);
    one.recheck = undefined;
    one.running = true;
    const began = clock.now();
    const mine = era;
    const { monitor } = one;
    void runCheck(monitor, portal).then((observation) => {
      one.running = false;
      // Replaced or gone, or we slept through it: what it says is of another time.
      if (live.get(one.id) !== one || mine !== era || !watching) return;
      if (mono() - lastBeat > FLUSH_BEATS * 100) return;
      const over = (p: number, ms: number) => latencyOver(one, p, ms, clock.now());
      const { outcome, reason } = conclude(monitor, observation, over);
      figures.done(outcome);
      const pack = remember(one, { at: began, outcome, latencyMs: observation.latencyMs, reason });
      if (pack) full.push({ no: one.no, hour: pack.hour, pack: pack.bytes() });
      watchForBlindness(one, outcome === 'fail');
      const parents = outcome === 'fail' ? parentsOf(one) : NO_PARENTS;
      happen(one, { kind: 'result', outcome, reason, parents });
      const unsettled = isUnsettled(one.state) || (blind !== undefined && suspects.has(one));
      if (unsettled) recheck(one);
    });
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

  function parentsOf(one: LiveMonitor): Parents {
    let unsure = false;
    for (const id of one.monitor.parents) {
      const parent = live.get(id);
      if (!parent) continue;
      if (isDown(parent) || parent.state.suppressedBy !== null) return { down: id, unsure: false };
      unsure ||= isUnsettled(parent.state);
    }
    return { down: null, unsure };
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

  function probeParents(one: LiveMonitor): void {
    for (const id of one.monitor.parents) {
      const parent = live.get(id);
      if (parent && !parent.running && !isDown(parent)) run(parent);
    }
  }

  function wakeChildren(id: string): void {
    for (const one of live.values()) if (one.state.suppressedBy === id) recheck(one);
  }

  // ---- blindness ----

  function watchForBlindness(one: LiveMonitor, failed: boolean): void {
    const { health } = one.state;
    if (!failed || health === 'DOWN' || health === 'RECOVERING' || health === 'NEW') {
      if (suspects.delete(one) || !failed) return;
      return;
    }
    if (suspects.has(one)) return;
    suspects.add(one);
    if (blind === undefined) lookAtOurselves(0);
  }

  const failing = (): number => new Set([...suspects].map((one) => one.root)).size;

  function lookAtOurselves(gapMs: number): void {
    const reason = blindReason({ failing: failing(), targets: roots, gapMs, lagMs });
    if (reason && blind === undefined)
      setBlind(reason, reason === 'frozen' ? clock.now() - gapMs : clock.now());
    else if (!reason && blind !== undefined && mono() - blindSince > SIGHT_AGAIN_MS)
      setBlind(undefined, clock.now());
  }

  function setBlind(reason: BlindReason | undefined, at: number): void {
    const was = blind;
    blind = reason;
    blindSince = mono();
    const active = reason !== undefined;
    log.warn(
      { reason: reason ?? was },
      active ? 'monitors: results are not believed now' : 'monitors: results are believed again',
    );
    for (const one of live.values()) {
      happen(one, { kind: 'blind', active }, at);
      if (active && suspects.has(one)) recheck(one);
    }
    if (!active) suspects.clear();
    const details = { reason: reason ?? was ?? null, targets: roots };
    const action = active ? 'monitors.blind' : 'monitors.sighted';
    void db
      .tx(async (tx) => deps.audit?.(tx, { actor: 'system:monitors', action, subject: 'monitors', details }))
      .catch((error: unknown) => log.error({ err: error }, 'monitors: blindness could not be recorded'));
  }

  // ---- the beat ----

  async function beat(): Promise<void> {
    if (!watching) return;
    const held = await lease.keep();
    if (!held) {
      if (loaded) stand();
      return;
    }
    if (!loaded) await load();
    const now = mono();
    const gap = now - lastBeat - 1_000;
    lastBeat = now;
    if (gap > 5_000 && beats > 0) {
      era++;
      for (const one of live.values()) one.running = false;
    }
    if (blind !== undefined || gap > 5_000) lookAtOurselves(beats > 0 ? gap : 0);
    plan(now);
    beats++;
    if (beats % WINDOW_BEATS === 1) applyMaintenance();
    if (beats % FLUSH_BEATS === 0) {
      await writeSamples();
      if (beats % (FLUSH_BEATS * 60) === 0)
        await deleteHoursBefore(db.kysely, hourOf(clock.now()) - KEPT_HOURS);
    }
  }

  function plan(now: number): void {
    const to = now + AHEAD_MS;
    const due = dueBetween(live.values(), Math.max(plannedUntil, now - 60_000), to);
    plannedUntil = to;
    figures.due(due.length);
    agenda.add(due);
  }

  /** Another process has the beat: stop looking, keep showing. */
  function stand(): void {
    loaded = false;
    agenda.clear();
    for (const one of live.values()) clearTimeout(one.recheck);
    log.warn('monitors: another process holds the beat');
  }

  function applyMaintenance(): void {
    const now = clock.now();
    const services = new Set(
      incidents.windows().flatMap((one) => (one.startsAt <= now && now < one.endsAt ? one.services : [])),
    );
    for (const one of live.values()) {
      const active =
        services.has(one.monitor.service) ||
        one.monitor.maintenance.some((window) => windowsBetween(window, now, now + 1).length > 0);
      if (active !== one.state.maintenance) happen(one, { kind: 'maintenance', active });
    }
  }

  async function writeSamples(): Promise<void> {
    const packs = full.splice(0);
    for (const one of live.values()) {
      if (!one.dirty) continue;
      packs.push({ no: one.no, hour: one.pack.hour, pack: one.pack.bytes() });
      one.dirty = false;
    }
    if (packs.length === 0) return;
    try {
      await db.tx((tx) => writePacks(tx, packs));
    } catch (error) {
      log.error({ err: error }, 'monitors: samples could not be written yet');
      full.push(...packs.slice(0, 100_000));
    }
  }

  // ---- what is known ----

  /** Everything from the database, as the one who watches. */
  async function load(): Promise<void> {
    live.clear();
    await adopt();
    const now = clock.now();
    const hour = hourOf(now);
    const packs = await readHours(db.kysely, hour, hour + 1);
    const byNumber = new Map([...live.values()].map((one) => [one.no, one]));
    for (const { no, pack } of packs) {
      const one = byNumber.get(no);
      if (!one) continue;
      one.pack = openPack(hour, one.everyMs, pack);
      const sample = [...unpack(hour, pack)].at(-1);
      if (sample) one.last = { ...sample, reason: one.state.reason };
    }
    await incidents.refresh();
    plannedUntil = mono();
    lastBeat = mono();
    loaded = true;
    agenda.add(firstLooks([...live.values()], mono()));
    markUnwatched(await unwatchedSince);
    // Days are rolled up from what is written.
    await ledger.flush();
    deps.onChange();
  }

  // Read before the first renewal of the lease overwrites it.
  let unwatchedSince: Promise<number | undefined> = Promise.resolve(undefined);

  /** Nobody watched between the last run and this one: that time is not known and not charged. */
  function markUnwatched(since: number | undefined): void {
    unwatchedSince = Promise.resolve(undefined);
    const now = clock.now();
    const wasUnwatched = since !== undefined && now - since > UNWATCHED_MS;
    for (const one of live.values()) {
      if (wasUnwatched && one.state.health !== 'NEW') happen(one, { kind: 'blind', active: true }, since);
      happen(one, { kind: 'blind', active: false }, now);
    }
  }

  /** Makes the living monitors those of the catalogue; what stays keeps its state and its ring. */
  async function adopt(): Promise<void> {
    const wanted = catalogue().monitors;
    const now = clock.now();
    for (const [id, one] of live) if (!wanted.has(id)) remove(one);
    const missing = [...wanted.keys()].filter((id) => !live.has(id));
    if (missing.length > 0) {
      const known = new Map((await readMonitors(db.kysely)).map((row) => [row.id, row]));
      const fresh = missing
        .filter((id) => !known.has(id))
        .map((id) => ({ id, service: wanted.get(id)?.service ?? '', state: newState(now) }));
      if (fresh.length > 0 && lease.held())
        for (const row of await db.tx((tx) => insertMonitors(tx, fresh, now))) known.set(row.id, row);
      for (const id of missing) {
        const monitor = wanted.get(id);
        const row = known.get(id);
        if (monitor && row) live.set(id, makeLive(monitor, row.no, row.state, now));
      }
      await addChanges(missing);
    }
    for (const [id, monitor] of wanted) {
      const one = live.get(id);
      if (!one) continue;
      if (one.monitor !== monitor) Object.assign(one, { monitor, ...rhythm(one, monitor.everyMs) });
      one.root = rootOf(id, wanted);
    }
    roots = new Set([...live.values()].map((one) => one.root)).size;
  }

  const rhythm = (one: LiveMonitor, everyMs: number) => {
    const { phaseMs, pack } = makeLive({ ...one.monitor, everyMs }, one.no, one.state, clock.now());
    return everyMs === one.everyMs
      ? {}
      : { everyMs, phaseMs, pack: pack.hour === one.pack.hour ? one.pack : pack };
  };

  async function addChanges(ids: readonly string[]): Promise<void> {
    const now = clock.now();
    const transitions = await readTransitions(db.kysely, (dayOf(now) - 1) * DAY_MS, now + DAY_MS);
    const byNumber = Map.groupBy(transitions, (transition) => transition.monitor);
    for (const id of ids) {
      const one = live.get(id);
      const own = one && byNumber.get(one.no);
      if (one && own)
        one.changes = own.map(({ at, health, overlay }) => ({ at, charge: chargeOf(health, overlay) }));
    }
  }

  function remove(one: LiveMonitor): void {
    clearTimeout(one.recheck);
    suspects.delete(one);
    live.delete(one.id);
    if (one.dirty) full.push({ no: one.no, hour: one.pack.hour, pack: one.pack.bytes() });
    // An incident of a monitor that nobody runs any more would stay open for ever.
    if (one.state.incident && lease.held()) {
      one.state = { ...one.state, incident: false, alerted: false };
      ledger.note(one, [{ kind: 'incident', change: 'close' }]);
    }
  }

  /** As one who does not watch: states from the database, now and then. */
  async function follow(): Promise<void> {
    if (lease.held() && loaded) return;
    const since = followedAt;
    followedAt = clock.now() - 1_000;
    await adopt();
    let changed = await incidents.refresh();
    for (const { id, state } of await readMonitors(db.kysely, since)) {
      const one = live.get(id);
      if (!one || one.state.seq === state.seq) continue;
      one.state = state;
      one.changes.push({ at: state.since, charge: chargeOf(state.health, state.overlay) });
      changed = true;
    }
    if (changed) deps.onChange();
  }

  return {
    async start(watch) {
      watching = watch;
      await incidents.refresh();
      if (watch) {
        unwatchedSince = lease.lastWatched();
        await unwatchedSince;
        await beat();
      }
      await follow();
      following = setInterval(
        () =>
          void follow().catch((error: unknown) =>
            log.error({ err: error }, 'monitors: states could not be read'),
          ),
        FOLLOW_MS,
      );
      following.unref();
      deps.onChange();
    },
    beat,
    async stop() {
      watching = false;
      clearInterval(following);
      agenda.clear();
      for (const one of live.values()) clearTimeout(one.recheck);
      if (!loaded || !lease.held()) return;
      await ledger.flush();
      await writeSamples();
      await lease.giveBack();
    },
    monitors: () => live,
    figures: () => figures.read(),
    blind: () => blind,
    watches: () => watching && loaded && lease.held(),
    checkNow(id) {
      const one = live.get(id);
      if (one && !one.running && loaded) run(one);
    },
    async takeOver() {
      await adopt();
      deps.onChange();
    },
  };
}
