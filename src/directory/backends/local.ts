import type { Db } from '../../db/db.ts';
import type { Clock } from '../../lib/clock.ts';
import { newId } from '../../lib/id.ts';
import { hashSecret, verifySecret } from '../../lib/secret-hash.ts';
import type { Directory, SetPasswordResult } from '../contract.ts';
import {
  findPeople,
  lastHashes,
  type PersonTable,
  personById,
  personRow,
  storePassword,
  storeUnlocked,
} from '../store.ts';
import { afterWrong, LOCK_POLICY, type LockPolicy } from '../wrong-passwords.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  /** Last passwords that may not come back. */
  readonly history?: number;
  readonly minLength?: number;
  readonly lockPolicy?: LockPolicy;
}

const KEPT_HASHES = 24;

/** The portal's own accounts. */
export function createLocalDirectory(deps: Deps): Directory {
  const { db, clock, history = 5, minLength = 12, lockPolicy = LOCK_POLICY } = deps;

  /** Undefined when `password` may become the one of this person. */
  async function refusalOf(row: PersonTable, password: string): Promise<SetPasswordResult | undefined> {
    if (row.disabled || row.locked_by_admin) return { outcome: 'refused', reason: 'not-allowed' };
    if ([...password].length < minLength) return { outcome: 'refused', reason: 'too-short' };
    for (const hash of await lastHashes(db.kysely, row.id, history)) {
      if (await verifySecret(hash, password)) return { outcome: 'refused', reason: 'in-history' };
    }
    return undefined;
  }

  async function setPassword(id: string, password: string): Promise<SetPasswordResult> {
    // Twice at most: a second loss against another change means somebody is at it, which is not our business.
    for (let attempt = 0; attempt < 2; attempt++) {
      const row = await personRow(db.kysely, id);
      if (!row) return { outcome: 'failed', code: 'no-such-person' };
      const refusal = await refusalOf(row, password);
      if (refusal) return refusal;
      const stored = await storePassword(db, {
        id: newId(),
        personId: id,
        hash: await hashSecret(password),
        replaces: row.password_hash,
        now: clock.now(),
        kept: Math.max(history, KEPT_HASHES),
      });
      if (stored) return { outcome: 'applied' };
    }
    return { outcome: 'failed', code: 'busy' };
  }

  /**
   * For names that nobody has: the same writes as `countWrong`, on any row and without changing it. The wait for
   * the disk would otherwise tell that an account exists.
   */
  async function countNothing(): Promise<void> {
    await db.tx(async (tx) => {
      const any = tx.selectFrom('person').select('id').orderBy('id').limit(1);
      for (const _ of ['count', 'window']) {
        await tx
          .updateTable('person')
          .set((eb) => ({ wrong_count: eb('wrong_count', '+', 0) }))
          .where('id', '=', any)
          .execute();
      }
    });
  }

  /** In one transaction, so that guesses made side by side are all counted. */
  async function countWrong(row: PersonTable): Promise<void> {
    await db.tx(async (tx) => {
      await tx
        .updateTable('person')
        .set((eb) => ({ wrong_count: eb('wrong_count', '+', 1) }))
        .where('id', '=', row.id)
        .execute();
      const now = await personRow(tx, row.id);
      if (!now) return;
      const next = afterWrong(
        { count: now.wrong_count, since: now.wrong_since },
        { now: clock.now(), policy: lockPolicy },
      );
      await tx
        .updateTable('person')
        .set({
          wrong_count: next.count,
          wrong_since: next.since,
          ...(next.lockedUntil === undefined ? {} : { locked_until: next.lockedUntil }),
        })
        .where('id', '=', row.id)
        .execute();
    });
  }

  return {
    name: 'local',
    find: (identifier) => findPeople(db.kysely, identifier, clock.now()),
    byId: (id) => personById(db.kysely, id, clock.now()),
    setPassword,
    async verifyPassword(id, password) {
      const row = id === undefined ? undefined : await personRow(db.kysely, id);
      const isRight = await verifySecret(row?.password_hash, password);
      const isLocked = row && (row.locked_by_admin || (row.locked_until ?? 0) > clock.now());
      if (!row || isLocked) {
        await countNothing();
        return row ? 'locked' : 'wrong';
      }
      if (!isRight) {
        await (row.password_hash === null ? countNothing() : countWrong(row));
        return 'wrong';
      }
      if (row.disabled) return 'disabled';
      if (row.wrong_count > 0) await storeUnlocked(db, row.id);
      return 'ok';
    },
    async unlock(id) {
      const row = await personRow(db.kysely, id);
      if (!row) return { outcome: 'failed', code: 'no-such-person' };
      if (row.disabled || row.locked_by_admin) return { outcome: 'refused', reason: 'not-allowed' };
      await storeUnlocked(db, id);
      return { outcome: 'applied' };
    },
  };
}
