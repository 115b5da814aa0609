import type { Logger } from 'pino';
import type { Db } from '../db/db.ts';
import type { Clock } from '../lib/clock.ts';
import type { Jobs } from './contract.ts';
import { createPgJobs } from './pg-jobs.ts';
import { createSqliteJobs } from './sqlite-jobs.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Pause between looks at the queue when nothing wakes it. */
  readonly pollMs?: number;
  /** PostgreSQL: how often jobs of workers that died are looked for. */
  readonly superviseMs?: number;
}

/** The queue that belongs to this database. */
export async function createJobs(deps: Deps): Promise<Jobs> {
  return deps.db.dialect === 'postgres' ? await createPgJobs(deps) : createSqliteJobs(deps);
}
