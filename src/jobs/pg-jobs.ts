import { fromKysely, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import type { Db } from '../db/db.ts';
import { FatalError } from '../lib/app-error.ts';
import { newId } from '../lib/id.ts';
import { type JobKind, type Jobs, PermanentError } from './contract.ts';
import { countJobs, deadJobs, purgeDone, takeDead, waitingOf } from './pg-tables.ts';

interface Deps {
  readonly db: Db;
  readonly log: Logger;
  /** Pause between looks when no notification comes: how late a retry or a planned job can be. */
  readonly pollMs?: number;
  /** How often jobs of workers that died are looked for. */
  readonly superviseMs?: number;
}

/** What pg-boss stores. The key travels along so that the dead letters can show it. */
interface Stored {
  readonly payload: unknown;
  readonly key: string | null;
}

type AnyKind = JobKind<unknown>;

const KEY_SPACE = '7e2f6f0b-3b0c-4c53-9d0e-5a9f4f2b7c11';
const FOREVER_S = 10 * 365 * 86_400;
const PURGE_EVERY_MS = 3_600_000;
const BATCH = 5;
const WORKERS = 2;

/** The queue on PostgreSQL: pg-boss, one of its queues per kind. Jobs are sent inside the caller's transaction. */
export async function createPgJobs({ db, log, pollMs = 2_000, superviseMs = 10_000 }: Deps): Promise<Jobs> {
  const kinds = new Map<string, AnyKind>();
  const queues = new Map<string, Promise<void>>();
  const workers: { readonly queue: string; readonly id: string }[] = [];
  let purge: NodeJS.Timeout | undefined;
  const boss = await openBoss({ db, log, superviseMs });

  function ensureQueue(name: string): Promise<void> {
    let made = queues.get(name);
    if (!made) {
      made = makeQueue(name);
      // A queue that could not be made is tried again by the next one who needs it.
      made.catch(() => queues.delete(name));
      queues.set(name, made);
    }
    return made;
  }

  async function makeQueue(name: string): Promise<void> {
    const kind = kinds.get(name);
    const settings = queueSettings(kind);
    await boss.createQueue(name, settings);
    if (kind) await boss.updateQueue(name, settings);
  }

  async function startWorkers(): Promise<void> {
    if (workers.length > 0) return;
    for (const kind of kinds.values()) {
      await ensureQueue(kind.name);
      const pollSeconds = Math.max(0.5, pollMs / 1_000);
      const id = await boss.work(
        kind.name,
        {
          includeMetadata: true,
          perJobResults: true,
          batchSize: BATCH,
          localConcurrency: WORKERS,
          burstWhenBatchFull: true,
          pollingIntervalSeconds: pollSeconds,
          notifyPollingIntervalSeconds: pollSeconds,
        },
        async (jobs: JobWithMetadata<Stored>[]) => await Promise.all(jobs.map((job) => execute(kind, job))),
      );
      workers.push({ queue: kind.name, id });
    }
  }

  async function execute(kind: AnyKind, job: JobWithMetadata<Stored>): Promise<JobResult> {
    const attempt = job.retryCount + 1;
    const most = kind.attempts ?? 8;
    try {
      const payload = kind.payload.parse(job.data.payload);
      await kind.run(payload, { id: job.id, attempt, last: attempt >= most });
      // Settled on its own at once: were it to wait for the slowest of the batch, a crash would repeat it.
      await boss.complete(kind.name, { id: job.id, retryCount: job.retryCount });
      return { id: job.id, status: 'completed' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isDead = error instanceof PermanentError || attempt >= most;
      if (isDead) log.error({ job: job.id, kind: job.name, reason }, 'jobs: a job is in the dead letters');
      else log.warn({ job: job.id, kind: job.name, attempt, reason }, 'jobs: will be tried again');
      return { id: job.id, status: isDead ? 'deadletter' : 'failed', output: { message: reason } };
    }
  }

  const startPurge = (): void => {
    const run = (): void => {
      purgeDone(db).catch((error: unknown) => log.error({ err: error }, 'jobs: old jobs were not removed'));
    };
    run();
    purge = setInterval(run, PURGE_EVERY_MS).unref();
  };

  return {
    define(kind) {
      kinds.set(kind.name, kind as AnyKind);
    },
    async enqueue(tx, kind, payload, options = {}) {
      // Also for a kind that only another process works on: pg-boss refuses jobs without a queue.
      await ensureQueue(kind.name);
      const stored: Stored = { payload, key: options.key ?? null };
      await boss.send(kind.name, stored, {
        id: options.key === undefined ? newId() : uuidv5(`${kind.name}\n${options.key}`, KEY_SPACE),
        ...(options.runAt === undefined ? {} : { startAfter: new Date(options.runAt) }),
        db: fromKysely(tx),
      });
    },
    async start() {
      await startWorkers();
      startPurge();
    },
    async stop() {
      clearInterval(purge);
      await boss.stop({ graceful: true, timeout: 10_000, close: true });
    },
    counts: () => countJobs(db),
    dead: (limit = 100) => deadJobs(db, limit),
    async retryDead(id) {
      return await db.tx(async (tx) => {
        const job = await takeDead(tx, id);
        if (!job) return false;
        // Deleted and sent again under its old id: all its tries are before it once more.
        await boss.deleteJob(job.name, id, { db: fromKysely(tx) });
        await boss.send(job.name, job.data, { id, db: fromKysely(tx) });
        return true;
      });
    },
    async drain() {
      const isStarted = workers.length > 0;
      await startWorkers();
      while (await waitingOf(db, [...kinds.keys()])) {
        for (const { id } of workers) boss.notifyWorker(id);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (isStarted) return;
      await Promise.all(workers.splice(0).map(({ queue, id }) => boss.offWork(queue, { id, wait: true })));
    },
  };
}

async function openBoss({ db, log, superviseMs }: Required<Omit<Deps, 'pollMs'>>): Promise<PgBoss> {
  const connectionString = db.pool?.options.connectionString;
  if (!connectionString) throw new FatalError('The queue on PostgreSQL needs a PostgreSQL database.');
  const seconds = Math.max(1, Math.round(superviseMs / 1_000));
  const boss = new PgBoss({
    connectionString,
    schema: 'pgboss',
    max: 4,
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: seconds,
    monitorIntervalSeconds: seconds,
  });
  boss.on('error', (error) => log.error({ err: error }, 'jobs: the queue reported an error'));
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'jobs: the queue warns'));
  try {
    await boss.start({ attempts: 3 });
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw new FatalError(
      `The queue could not be set up in the database of DATABASE_URL: ${(error as Error).message}. Its user must be allowed to create the schema "pgboss".`,
    );
  }
  return boss;
}

function queueSettings(kind: AnyKind | undefined) {
  const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));
  return {
    notify: true,
    retryLimit: (kind?.attempts ?? 8) - 1,
    retryDelay: seconds(kind?.backoffMs ?? 2_000),
    retryDelayMax: seconds(kind?.maxBackoffMs ?? 3_600_000),
    retryBackoff: true,
    expireInSeconds: seconds(kind?.leaseMs ?? 60_000),
    // pg-boss would delete what waits for long and what failed; both stay until somebody looks.
    retentionSeconds: FOREVER_S,
    deleteAfterSeconds: 0,
  };
}
