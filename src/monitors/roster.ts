import type { Db } from '../db/db.ts';
import type { Clock } from '../lib/clock.ts';
import type { Catalogue, Monitor } from './catalogue.ts';
import { DAY_MS, dayOf } from './days.ts';
import { type LiveMonitor, makeLive, rootOf } from './live-monitor.ts';
import { chargeOf, newState } from './monitor-state.ts';
import { spread } from './plan.ts';
import { insertMonitors, readMonitors, readTransitions } from './store.ts';

/** The monitors that live now: those of the catalogue, with what the database knows of them. */
export interface Roster {
  readonly live: ReadonlyMap<string, LiveMonitor>;
  /** How many targets are unrelated to each other. */
  roots(): number;
  /** Makes them those of the catalogue; what stays keeps its state and its ring. `mayAdd`: we hold the beat. */
  adopt(mayAdd: boolean): Promise<void>;
  /** Takes over states that another process has written; `true` when something changed. */
  follow(): Promise<boolean>;
  clear(): void;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly catalogue: () => Catalogue;
  readonly onRemove: (one: LiveMonitor) => void;
}

/** States written by processes whose clocks differ from ours by less than this are seen. */
const CLOCKS_DIFFER_MS = 2_000;

export function createRoster({ db, clock, catalogue, onRemove }: Deps): Roster {
  const live = new Map<string, LiveMonitor>();
  let roots = 0;
  let followedAt = 0;
  let adopting: Promise<void> = Promise.resolve();

  async function adoptNow(mayAdd: boolean): Promise<void> {
    const wanted = catalogue().monitors;
    for (const [id, one] of live) {
      if (wanted.has(id)) continue;
      live.delete(id);
      onRemove(one);
    }
    const missing = [...wanted.values()].filter(({ id }) => !live.has(id));
    if (missing.length > 0) await add(missing, mayAdd);
    for (const [id, one] of live) {
      const monitor = wanted.get(id);
      if (monitor && one.monitor !== monitor) change(one, monitor);
      one.root = rootOf(id, wanted);
    }
    roots = new Set([...live.values()].map((one) => one.root)).size;
  }

  async function add(monitors: readonly Monitor[], mayAdd: boolean): Promise<void> {
    const now = clock.now();
    const known = new Map((await readMonitors(db.kysely)).map((row) => [row.id, row]));
    const fresh = monitors
      .filter(({ id }) => !known.has(id))
      .map(({ id, service }) => ({ id, service, state: newState(now) }));
    if (mayAdd && fresh.length > 0)
      for (const row of await db.tx((tx) => insertMonitors(tx, fresh, now))) known.set(row.id, row);
    const added = monitors.flatMap((monitor) => {
      const row = known.get(monitor.id);
      return row ? [makeLive(monitor, row.no, row.state, now)] : [];
    });
    await readChanges(added, now);
    for (const one of added) live.set(one.id, one);
  }

  async function readChanges(added: readonly LiveMonitor[], now: number): Promise<void> {
    const transitions = await readTransitions(db.kysely, (dayOf(now) - 1) * DAY_MS, now + DAY_MS);
    const byNumber = Map.groupBy(transitions, (transition) => transition.monitor);
    for (const one of added) {
      const own = byNumber.get(one.no);
      if (own)
        one.changes = own.map(({ at, health, overlay }) => ({ at, charge: chargeOf(health, overlay) }));
    }
  }

  function change(one: LiveMonitor, monitor: Monitor): void {
    one.monitor = monitor;
    one.everyMs = monitor.everyMs;
    one.phaseMs = spread(monitor.id, monitor.everyMs);
  }

  return {
    live,
    roots: () => roots,
    adopt(mayAdd) {
      // One after the other: two at once would give a new monitor two numbers.
      adopting = adopting.catch(() => {}).then(() => adoptNow(mayAdd));
      return adopting;
    },
    async follow() {
      const since = followedAt;
      followedAt = clock.now() - CLOCKS_DIFFER_MS;
      let isChanged = false;
      for (const { id, state } of await readMonitors(db.kysely, since)) {
        const one = live.get(id);
        if (!one || one.state.seq === state.seq) continue;
        one.state = state;
        one.changes.push({ at: state.since, charge: chargeOf(state.health, state.overlay) });
        isChanged = true;
      }
      return isChanged;
    },
    clear: () => live.clear(),
  };
}
