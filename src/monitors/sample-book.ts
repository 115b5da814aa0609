import type { Logger } from 'pino';
import type { Db } from '../db/db.ts';
import type { Clock } from '../lib/clock.ts';
import { hourOf } from './days.ts';
import { type LastResult, type LiveMonitor, remember } from './live-monitor.ts';
import { openPack, unpack } from './packed-hour.ts';
import { deleteHoursBefore, type Packed, readHours, writePacks } from './store.ts';

const KEPT_HOURS = 7 * 24;
/** While the database is away samples wait in memory, but not without end. */
const MOST_WAITING = 20_000;

/** Samples on their way into the database: a crash may lose a minute of them, never a transition. */
export interface SampleBook {
  add(live: LiveMonitor, result: LastResult): void;
  /** Of a monitor that goes: what it has not written yet. */
  keep(live: LiveMonitor): void;
  write(monitors: Iterable<LiveMonitor>): Promise<void>;
  /** Puts the samples of this hour back into the rings after a start. */
  restore(monitors: Iterable<LiveMonitor>): Promise<void>;
  forgetOld(): Promise<void>;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createSampleBook({ db, clock, log }: Deps): SampleBook {
  let waiting: Packed[] = [];

  function keep(live: LiveMonitor): void {
    if (live.dirty) waiting.push({ no: live.no, hour: live.pack.hour, pack: live.pack.bytes() });
    live.dirty = false;
  }

  return {
    add(live, result) {
      const full = remember(live, result);
      if (full) waiting.push({ no: live.no, hour: full.hour, pack: full.bytes() });
    },
    keep,
    async write(monitors) {
      for (const live of monitors) keep(live);
      const packs = waiting;
      waiting = [];
      if (packs.length === 0) return;
      try {
        await db.tx((tx) => writePacks(tx, packs));
      } catch (error) {
        log.error({ err: error }, 'monitors: samples could not be written yet');
        waiting = [...packs, ...waiting].slice(-MOST_WAITING);
      }
    },
    async restore(monitors) {
      const hour = hourOf(clock.now());
      const packs = new Map((await readHours(db.kysely, hour, hour + 1)).map(({ no, pack }) => [no, pack]));
      for (const live of monitors) {
        const pack = packs.get(live.no);
        if (!pack) continue;
        live.pack = openPack(hour, live.everyMs, pack);
        const sample = [...unpack(hour, pack)].at(-1);
        if (sample) live.last = { ...sample, reason: live.state.reason };
      }
    },
    forgetOld: () => deleteHoursBefore(db.kysely, hourOf(clock.now()) - KEPT_HOURS),
  };
}
