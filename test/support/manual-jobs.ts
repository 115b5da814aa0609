import type { Db } from '../../src/db/db.ts';
import { type JobKind, type Jobs, PermanentError } from '../../src/jobs/contract.ts';
import '../../src/jobs/sqlite-jobs.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/id.ts';

/**
 * A queue for tests of features: runs what is due by the test's clock, and only when `drain` is called.
 * Rows are in the database, so enqueueing is part of the caller's transaction as it is in the real ones.
 */
export function manualJobs({ db, clock }: { readonly db: Db; readonly clock: Clock }): Jobs {
  const kinds = new Map<string, JobKind<unknown>>();

  async function runDue(): Promise<number> {
    const rows = await db.kysely
      .selectFrom('job')
      .selectAll()
      .where('state', '=', 'waiting')
      .where('run_at', '<=', clock.now())
      .orderBy('run_at')
      .execute();
    await Promise.all(
      rows.map(async (row) => {
        const kind = kinds.get(row.kind);
        if (!kind) throw new Error(`no such job kind: ${row.kind}`);
        const attempt = row.attempts + 1;
        const most = kind.attempts ?? 8;
        const set = await kind
          .run(kind.payload.parse(JSON.parse(row.payload)), { id: row.id, attempt, last: attempt >= most })
          .then(
            () => ({ state: 'done' as const, attempts: attempt, finished_at: clock.now(), reason: null }),
            (error: Error) =>
              error instanceof PermanentError || attempt >= most
                ? {
                    state: 'dead' as const,
                    attempts: attempt,
                    finished_at: clock.now(),
                    reason: error.message,
                  }
                : { attempts: attempt, run_at: clock.now() + 1_000 * 2 ** attempt, reason: error.message },
          );
        await db.kysely.updateTable('job').set(set).where('id', '=', row.id).execute();
      }),
    );
    return rows.length;
  }

  return {
    define(kind) {
      kinds.set(kind.name, kind as JobKind<unknown>);
    },
    async enqueue(tx, kind, payload, options = {}) {
      await tx
        .insertInto('job')
        .values({
          id: newId(),
          kind: kind.name,
          key: options.key ?? null,
          payload: JSON.stringify(payload),
          state: 'waiting',
          run_at: options.runAt ?? clock.now(),
          attempts: 0,
          lease_until: null,
          reason: null,
          created_at: clock.now(),
          finished_at: null,
        })
        .onConflict((conflict) => conflict.columns(['kind', 'key']).doNothing())
        .execute();
    },
    start: async () => {},
    stop: async () => {},
    counts: async () => [],
    async dead(limit = 100) {
      const rows = await db.kysely
        .selectFrom('job')
        .selectAll()
        .where('state', '=', 'dead')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        key: row.key,
        attempts: row.attempts,
        reason: row.reason ?? '',
        failedAt: row.finished_at ?? 0,
      }));
    },
    async retryDead(id) {
      const set = { state: 'waiting' as const, attempts: 0, run_at: clock.now() };
      const result = await db.kysely.updateTable('job').set(set).where('id', '=', id).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },
    async drain() {
      while ((await runDue()) > 0);
    },
  };
}
