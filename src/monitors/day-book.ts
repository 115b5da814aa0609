import type { Logger } from 'pino';
import type { Db } from '../db/db.ts';
import type { Clock } from '../lib/clock.ts';
import type { Catalogue } from './catalogue.ts';
import { BARS } from './day-bars.ts';
import { DAY_MS, dayOf, rollDay } from './days.ts';
import type { LiveMonitor } from './live-monitor.ts';
import {
  firstTransitionAt,
  lastRolledDay,
  readHours,
  readServiceDays,
  readTransitions,
  type ServiceDay,
  writeDays,
} from './store.ts';

/** Finished days: made once from transitions and samples, then only read. */
export interface DayBook {
  days(): ReadonlyMap<string, readonly ServiceDay[]>;
  load(): Promise<void>;
  /** Makes up for all finished days that have no rows yet; `true` when there were any. */
  roll(): Promise<boolean>;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly catalogue: () => Catalogue;
  readonly live: () => ReadonlyMap<string, LiveMonitor>;
}

export function createDayBook({ db, clock, log, catalogue, live }: Deps): DayBook {
  let days: ReadonlyMap<string, readonly ServiceDay[]> = new Map();
  let rolledTo: number | undefined;

  async function load(): Promise<void> {
    const rows = await readServiceDays(db.kysely, dayOf(clock.now()) - BARS);
    days = Map.groupBy(rows, (row) => row.service);
  }

  async function firstOpenDay(): Promise<number> {
    const last = rolledTo ?? (await lastRolledDay(db.kysely));
    if (last !== undefined) return last + 1;
    const first = await firstTransitionAt(db.kysely);
    return first === undefined ? dayOf(clock.now()) : dayOf(first);
  }

  async function rollOne(day: number): Promise<void> {
    const transitions = await readTransitions(db.kysely, day * DAY_MS, (day + 1) * DAY_MS);
    const packs = await readHours(db.kysely, day * 24, (day + 1) * 24);
    const numbers = new Map([...live().values()].map((one) => [one.id, one.no]));
    const { monitors, services } = rollDay({ day, catalogue: catalogue(), numbers, transitions, packs });
    await db.tx((tx) => writeDays(tx, monitors, services));
  }

  return {
    days: () => days,
    load,
    async roll() {
      const today = dayOf(clock.now());
      const first = Math.max(await firstOpenDay(), today - 400);
      for (let day = first; day < today; day++) await rollOne(day);
      rolledTo = today - 1;
      if (first >= today) return false;
      const yesterday = (today - 1) * DAY_MS;
      for (const one of live().values()) {
        const from = one.changes.findLastIndex((change) => change.at <= yesterday);
        if (from > 0) one.changes = one.changes.slice(from);
      }
      await load();
      log.info({ days: today - first }, 'monitors: days rolled up');
      return true;
    },
  };
}
