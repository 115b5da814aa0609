import type { Db } from '../db/db.ts';
import type { Clock } from '../lib/clock.ts';
import { giveLeaseBack, leaseUntil, takeLease } from './store.ts';

export const BEAT_LEASE = 'monitors.beat';
const TTL_MS = 30_000;
const RENEW_MS = 10_000;

/** Which of several processes holds the beat. On one machine it is always the only one. */
export interface BeatLease {
  readonly holder: string;
  /** By a clock that cannot be set, and some seconds shorter than others see it. */
  held(): boolean;
  /** Takes or renews it when that is due. */
  keep(): Promise<boolean>;
  giveBack(): Promise<void>;
  /** UTC ms when somebody last watched; undefined on a new database. */
  lastWatched(): Promise<number | undefined>;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly mono: () => number;
  readonly holder: string;
  /** No other process can be on this database: what a killed one has left behind is not waited for. */
  readonly alone: boolean;
}

export function createLease({ db, clock, mono, holder, alone }: Deps): BeatLease {
  let heldUntil = Number.NEGATIVE_INFINITY;
  let nextTry = Number.NEGATIVE_INFINITY;
  return {
    holder,
    held: () => mono() < heldUntil,
    async keep() {
      const asked = mono();
      if (asked < nextTry) return asked < heldUntil;
      nextTry = asked + RENEW_MS;
      const now = clock.now();
      const lease = { name: BEAT_LEASE, holder, until: now + TTL_MS };
      const taken = await takeLease(db.kysely, lease, alone ? Number.MAX_SAFE_INTEGER : now);
      heldUntil = taken ? asked + TTL_MS - 5_000 : Number.NEGATIVE_INFINITY;
      return taken;
    },
    async giveBack() {
      if (mono() < heldUntil) await giveLeaseBack(db, BEAT_LEASE, holder, clock.now());
      heldUntil = Number.NEGATIVE_INFINITY;
    },
    async lastWatched() {
      const until = await leaseUntil(db.kysely, BEAT_LEASE);
      // A process that was killed left the full term behind.
      return until === undefined ? undefined : Math.min(until, clock.now());
    },
  };
}
