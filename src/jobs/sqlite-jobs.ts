import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Db } from '../db/db.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/id.ts';
import { backoff } from './backoff.ts';
import { type JobKind, type Jobs, PermanentError } from './contract.ts';

interface JobTable {
  id: string;
  kind: string;
  key: string | null;
  payload: string;
  state: 'waiting' | 'running' | 'done' | 'dead';
  run_at: number;
  attempts: number;
  lease_until: number | null;
  reason: string | null;
  created_at: number;
  finished_at: number | null;
}
declare module '../db/tables.ts' {
  interface Tables {
    job: JobTable;
  }
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Pause between looks at the table when nothing wakes the loop. */
  readonly pollMs?: number;
}

const CONCURRENCY = 8;
const KEPT_MS = 7 * 86_400_000;

// A kind is erased to this once it is in the map; `define` has tied payload and run together.
type AnyKind = JobKind<unknown>;

/** The queue on the embedded database: one process, so a claim is one UPDATE and waking is a timer. */
export function createSqliteJobs({ db, clock, log, pollMs = 500 }: Deps): Jobs {
  const kinds = new Map<string, AnyKind>();
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let started = false;
  let nextPurge = 0;

  function wake(afterMs: number): void {
    if (!started) return;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), afterMs);
  }

  /** One look at a time; a wake during a look makes another one follow. */
  function look(): Promise<void> {
    if (looking) {
      lookAgain = true;
      return looking;
    }
    looking = claimAndRun()
      .catch((error: unknown) => log.error({ err: error }, 'jobs: the queue could not be read'))
      .finally(() => {
        looking = undefined;
        const soon = lookAgain;
        lookAgain = false;
        wake(soon ? 0 : pollMs);
      });
    return looking;
  }

  async function claimAndRun(): Promise<void> {
    const free = CONCURRENCY - running.size;
    if (free <= 0 || kinds.size === 0) return;
    const claimed = await claim(free);
    for (const job of claimed) {
      const run = execute(job).finally(() => {
        running.delete(run);
        if (started) void look();
      });
      running.add(run);
    }
    await purge();
  }

  async function claim(limit: number): Promise<JobTable[]> {
    const now = clock.now();
    const due = db.kysely
      .selectFrom('job')
      .select('id')
      .where('kind', 'in', [...kinds.keys()])
      .where((eb) =>
        eb.or([
          eb('state', '=', 'waiting').and('run_at', '<=', now),
          eb('state', '=', 'running').and('lease_until', '<', now),
        ]),
      )
      .orderBy('run_at')
      .limit(limit);
    return await db.kysely
      .updateTable('job')
      .set((eb) => ({
        state: 'running' as const,
        attempts: eb('attempts', '+', 1),
        lease_until: sql<number>`${now} + ${leaseCase(kinds)}`,
      }))
      .where('id', 'in', due)
      .returningAll()
      .execute();
  }

  async function execute(job: JobTable): Promise<void> {
    const kind = kinds.get(job.kind);
    if (!kind) return;
    const most = kind.attempts ?? 8;
    try {
      const payload = kind.payload.parse(JSON.parse(job.payload));
      await kind.run(payload, { id: job.id, attempt: job.attempts, last: job.attempts >= most });
      await settle(job, { state: 'done', finished_at: clock.now(), lease_until: null, reason: null });
    } catch (error) {
      await fail(job, kind, most, error).catch((err: unknown) =>
        log.error({ err, job: job.id }, 'jobs: could not record a failure'),
      );
    }
  }

  async function fail(job: JobTable, kind: AnyKind, most: number, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof PermanentError || job.attempts >= most) {
      log.error({ job: job.id, kind: job.kind, reason }, 'jobs: a job is in the dead letters');
      await settle(job, { state: 'dead', finished_at: clock.now(), lease_until: null, reason });
      return;
    }
    const pause = backoff(
      job.attempts,
      kind.backoffMs ?? 2_000,
      kind.maxBackoffMs ?? 3_600_000,
      Math.random(),
    );
    log.warn({ job: job.id, kind: job.kind, attempt: job.attempts, reason }, 'jobs: will be tried again');
    await settle(job, { state: 'waiting', run_at: clock.now() + pause, lease_until: null, reason });
  }

  /** Only while the claim is still ours: after a lapsed lease another run has taken the job over. */
  async function settle(job: JobTable, set: Partial<JobTable>): Promise<void> {
    await db.kysely
      .updateTable('job')
      .set(set)
      .where('id', '=', job.id)
      .where('attempts', '=', job.attempts)
      .execute();
  }

  async function purge(): Promise<void> {
    const now = clock.now();
    if (now < nextPurge) return;
    nextPurge = now + 3_600_000;
    await db.kysely
      .deleteFrom('job')
      .where('state', '=', 'done')
      .where('finished_at', '<', now - KEPT_MS)
      .execute();
  }

  return {
    define(kind) {
      kinds.set(kind.name, kind as AnyKind);
    },
    async enqueue(tx, kind, payload, options = {}) {
      const now = clock.now();
      const runAt = options.runAt ?? now;
      await tx
        .insertInto('job')
        .values({
          id: newId(),
          kind: kind.name,
          key: options.key ?? null,
          payload: JSON.stringify(payload),
          state: 'waiting',
          run_at: runAt,
          attempts: 0,
          lease_until: null,
          reason: null,
          created_at: now,
          finished_at: null,
        })
        .onConflict((conflict) => conflict.columns(['kind', 'key']).doNothing())
        .execute();
      // The look waits for this transaction: SQLite has one connection.
      if (runAt <= now) setImmediate(() => void (started && look()));
    },
    async start() {
      started = true;
      // One process owns the file, so whatever is still "running" was cut off by a stop or a crash.
      await db.kysely.updateTable('job').set({ lease_until: 0 }).where('state', '=', 'running').execute();
      wake(0);
    },
    async stop() {
      started = false;
      clearTimeout(timer);
      await looking;
      const patience = new Promise<void>((resolve) => setTimeout(resolve, 10_000).unref());
      await Promise.race([Promise.all(running), patience]);
    },
    async counts() {
      const now = clock.now();
      const rows = await db.kysely
        .selectFrom('job')
        .select((eb) => [
          'kind',
          eb.fn.sum<number>(eb.case().when('state', '=', 'waiting').then(1).else(0).end()).as('waiting'),
          eb.fn.sum<number>(eb.case().when('state', '=', 'running').then(1).else(0).end()).as('running'),
          eb.fn.sum<number>(eb.case().when('state', '=', 'dead').then(1).else(0).end()).as('dead'),
          eb.fn
            .min<number | null>(
              eb
                .case()
                .when(eb('state', '=', 'waiting').and('run_at', '<=', now))
                .then(eb.ref('run_at'))
                .end(),
            )
            .as('oldestDueAt'),
        ])
        .groupBy('kind')
        .orderBy('kind')
        .execute();
      return rows;
    },
    async dead(limit = 100) {
      const rows = await db.kysely
        .selectFrom('job')
        .selectAll()
        .where('state', '=', 'dead')
        .orderBy('finished_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        key: row.key,
        attempts: row.attempts,
        reason: row.reason ?? '',
        failedAt: row.finished_at ?? row.run_at,
      }));
    },
    async retryDead(id) {
      const result = await db.kysely
        .updateTable('job')
        .set({ state: 'waiting', attempts: 0, run_at: clock.now(), finished_at: null })
        .where('id', '=', id)
        .where('state', '=', 'dead')
        .executeTakeFirst();
      wake(0);
      return result.numUpdatedRows > 0n;
    },
    async drain() {
      for (;;) {
        await look();
        await Promise.all(running);
        const counts = await this.counts();
        if (counts.every((row) => row.running === 0 && (row.oldestDueAt === null || !kinds.has(row.kind))))
          return;
      }
    },
  };
}

/** SQL: the lease of each kind, so that one UPDATE can claim jobs of several kinds. */
function leaseCase(kinds: ReadonlyMap<string, AnyKind>) {
  const whens = [...kinds.values()].map(
    (kind) => sql`when kind = ${kind.name} then ${kind.leaseMs ?? 60_000}`,
  );
  return sql`case ${sql.join(whens, sql` `)} else 60000 end`;
}
