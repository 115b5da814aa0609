import { z } from 'zod';
import type { Tx } from '../db/db.ts';
import type { DirectoryPerson } from '../directory/contract.ts';
import type { JobKind } from '../jobs/contract.ts';
import { newId } from '../lib/id.ts';
import type { RecoveryDeps } from './contract.ts';
import { openTicket } from './escalate.ts';
import type { Finish } from './finish.ts';
import { LEASE_MS, leaseKey, momentOf } from './parts.ts';
import { isUnknownTooLong } from './request.ts';
import * as store from './store.ts';

export interface Reconcile {
  /** In the transaction of the claim: whatever happens to us, somebody finds out how it ended. */
  watch(tx: Tx, row: store.RequestRow): Promise<void>;
}

/** First look after this long; then again and again until the directory has told. */
const FIRST_LOOK_MS = 15_000;
const NEXT_LOOK_MS = 5_000;
/** A hung directory may still carry out what it was asked: "not changed" counts when seen twice, this far apart. */
const SETTLE_MS = 5_000;

/** Finds out what became of a change whose answer never came: by the directory's own record, never by repeating it. */
export function createReconcile(deps: RecoveryDeps, { finish }: Finish): Reconcile {
  const { db, jobs, clock, log, directory } = deps;
  const payload = z.object({ id: z.string(), tries: z.int(), look: z.int() });
  type Payload = z.output<typeof payload>;

  const job: JobKind<Payload> = {
    name: 'recovery.reconcile',
    payload,
    attempts: 3,
    backoffMs: 1_000,
    async run(watched) {
      const row = await store.requestById(db.kysely, watched.id);
      const isOpen = row?.state === 'setting' || row?.state === 'applied' || row?.state === 'unknown';
      if (!row || !isOpen || row.set_tries !== watched.tries) return;
      const holder = newId();
      const key = leaseKey(row.account_id ?? '');
      const now = clock.now();
      // Held: the one who sets is alive and still at it.
      const isFree = await store.takeLease(db, { key, holder, now, untilMs: now + LEASE_MS });
      try {
        if (!isFree || !(await settle(row.id))) await lookAgain(watched);
      } finally {
        if (isFree) await store.endLease(db, key, holder);
      }
    },
  };
  jobs.define(job);

  const lookAgain = async (watched: Payload): Promise<void> => {
    const next = { ...watched, look: watched.look + 1 };
    const runAt = clock.now() + Math.min(60_000, Math.round(NEXT_LOOK_MS * 1.2 ** watched.look));
    await db.tx((tx) => jobs.enqueue(tx, job, next, { key: keyOf(next), runAt }));
  };

  /** True when the request has come to an end, or back to where the person can go on. */
  async function settle(id: string): Promise<boolean> {
    const row = await orphan(id);
    if (!row) return true;
    let person: DirectoryPerson | undefined;
    try {
      person = await directory.byId(row.account_id ?? '');
    } catch {
      return await tooLong(row);
    }
    // Never asked: the process ended between the claim and the directory.
    if (row.changed_before === null) return await notApplied(row);
    if (!person) return await tooLong(row);
    const isDone =
      row.purpose === 'unlock' ? !person.locked : (person.passwordChangedAt ?? 0) !== row.changed_before;
    if (isDone || row.state === 'applied') {
      await finish(row, person, 'find-applied');
      log.info({ request: row.id }, 'recovery: reconciled, it was applied');
      return true;
    }
    return await unchanged(row);
  }

  /** A claim that nobody works on any more becomes "unknown", which is what it is. */
  async function orphan(id: string): Promise<store.RequestRow | undefined> {
    const row = await store.requestById(db.kysely, id);
    if (row?.state !== 'setting' || row.changed_before === null) return row;
    const event = { type: 'time-out', code: 'interrupted' } as const;
    return await db.tx((tx) => store.move(tx, row, { event, moment: momentOf(deps) }));
  }

  async function unchanged(row: store.RequestRow): Promise<boolean> {
    const now = clock.now();
    if (row.seen_unchanged_at !== null && now - row.seen_unchanged_at >= SETTLE_MS)
      return await notApplied(row);
    if (row.seen_unchanged_at === null) {
      await db.kysely
        .updateTable('recovery_request')
        .set({ seen_unchanged_at: now })
        .where('id', '=', row.id)
        .where('version', '=', row.version)
        .execute();
    }
    return false;
  }

  async function notApplied(row: store.RequestRow): Promise<boolean> {
    const event = { type: 'find-not-applied' } as const;
    await db.tx((tx) => store.move(tx, row, { event, moment: momentOf(deps) }));
    log.info({ request: row.id }, 'recovery: reconciled, it was not applied');
    return true;
  }

  async function tooLong(row: store.RequestRow): Promise<boolean> {
    const moment = momentOf(deps);
    const asked = {
      state: row.state,
      expiresAt: row.expires_at,
      setTries: row.set_tries,
      failures: row.failures,
      unknownSince: row.unknown_since ?? row.setting_since,
      outcome: row.outcome,
      reason: row.reason,
    };
    if (!isUnknownTooLong(asked, moment)) return false;
    await db.tx(async (tx) => {
      const event = { type: 'escalate', reason: 'outcome-unknown' } as const;
      const moved = await store.move(tx, row, { event, moment });
      if (moved) await openTicket(deps, tx, moved, { cause: 'outcome-unknown', now: moment.now });
    });
    return true;
  }

  return {
    async watch(tx, row) {
      const first = { id: row.id, tries: row.set_tries, look: 0 };
      await jobs.enqueue(tx, job, first, { key: keyOf(first), runAt: clock.now() + FIRST_LOOK_MS });
    },
  };
}

const keyOf = ({ id, tries, look }: { id: string; tries: number; look: number }): string =>
  `${id}:${tries}:${look}`;
