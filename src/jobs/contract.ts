import type { z } from 'zod';
import type { Tx } from '../db/db.ts';

/** A sort of work that is done outside of the request: deliver a mail, run a fix, warn about a deadline. */
export interface JobKind<P> {
  /** `<feature>.<verb>`, stable: rows in the database carry it. */
  readonly name: string;
  readonly payload: z.ZodType<P>;
  /** Tries before it goes to the dead letters. Default 8. */
  readonly attempts?: number;
  /** First pause; doubles each time, with jitter, up to `maxBackoffMs`. Default 2 s and 1 h. */
  readonly backoffMs?: number;
  readonly maxBackoffMs?: number;
  /** After this long the worker is taken for dead and the job runs again. Default 60 s. */
  readonly leaseMs?: number;
  /**
   * Must bear being run twice with the same payload: at-least-once is what a queue can promise.
   * Throw PermanentError to go to the dead letters at once.
   */
  run(
    payload: P,
    job: { readonly id: string; readonly attempt: number; readonly last: boolean },
  ): Promise<void>;
}

/** No further try will help; the message is shown to admins as the reason. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

interface EnqueueOptions {
  /** At most one job of this kind and key is ever accepted (kept 7 days after its end). */
  readonly key?: string;
  /** Epoch milliseconds; default now. */
  readonly runAt?: number;
}

export interface DeadJob {
  readonly id: string;
  readonly kind: string;
  readonly key: string | null;
  readonly attempts: number;
  readonly reason: string;
  readonly failedAt: number;
}

export interface JobCounts {
  readonly kind: string;
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  /** Epoch ms at which the oldest job that is due became due; null when none is. */
  readonly oldestDueAt: number | null;
}

/** The queue. One contract for the embedded database and for pg-boss; `test/jobs` runs one suite on both. */
export interface Jobs {
  /** Before `start`. A kind that is enqueued but not defined here waits until a process that knows it runs. */
  define<P>(kind: JobKind<P>): void;
  /** Becomes visible with the commit of `tx`, or never. */
  enqueue<P>(
    tx: Tx,
    kind: Pick<JobKind<P>, 'name'>,
    payload: NoInfer<P>,
    options?: EnqueueOptions,
  ): Promise<void>;
  start(): Promise<void>;
  /** Waits for running jobs, up to 10 s. */
  stop(): Promise<void>;
  counts(): Promise<readonly JobCounts[]>;
  dead(limit?: number): Promise<readonly DeadJob[]>;
  /** Puts a dead letter back; false when there is none of that id. */
  retryDead(id: string): Promise<boolean>;
  /** Until nothing is due or running: for tests and for the end of a command. */
  drain(): Promise<void>;
}
