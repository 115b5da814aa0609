import type { Db, Reader, Tx } from '../db/db.ts';
import type { Lang } from '../lib/lang.ts';
import { DAY, type PastRun } from './guards.ts';
import type { RunState } from './schema.ts';

export interface FixRunTable {
  id: string;
  fix: string;
  target: string;
  started_by: string;
  trigger: 'person' | 'automatic';
  lang: Lang;
  input: string;
  state: RunState;
  steps: string;
  reason: string | null;
  ticket: string | null;
  created_at: number;
  finished_at: number | null;
}
interface FixLeaseTable {
  target: string;
  run_id: string;
  until: number;
}
declare module '../db/tables.ts' {
  interface Tables {
    fix_run: FixRunTable;
    fix_lease: FixLeaseTable;
  }
}

export type FixRunRow = Readonly<FixRunTable>;

export interface StepNow {
  readonly id: string;
  readonly state: 'todo' | 'current' | 'done' | 'failed' | 'unknown';
}

export const insertRun = async (tx: Tx, row: FixRunTable): Promise<void> => {
  await tx.insertInto('fix_run').values(row).execute();
};

export const runById = (db: Reader, id: string): Promise<FixRunRow | undefined> =>
  db.selectFrom('fix_run').selectAll().where('id', '=', id).executeTakeFirst();

export const stepsOf = (row: FixRunRow): readonly StepNow[] => JSON.parse(row.steps) as StepNow[];

export async function saveSteps(db: Db, id: string, steps: readonly StepNow[]): Promise<void> {
  await db.kysely
    .updateTable('fix_run')
    .set({ steps: JSON.stringify(steps) })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}

/** Only from `from`, so that a run that was taken over cannot end twice. */
export async function changeState(
  tx: Tx,
  id: string,
  { from, ...set }: { from: RunState } & Partial<FixRunTable>,
): Promise<FixRunRow | undefined> {
  return await tx
    .updateTable('fix_run')
    .set(set)
    .where('id', '=', id)
    .where('state', '=', from)
    .returningAll()
    .executeTakeFirst();
}

/** A day back, and at least the last ten. */
export async function pastRuns(db: Reader, fix: string, now: number): Promise<PastRun[]> {
  const rows = await db
    .selectFrom('fix_run')
    .select(['target', 'state', 'created_at as at'])
    .where('fix', '=', fix)
    .orderBy('created_at', 'desc')
    .limit(200)
    .execute();
  return rows.filter((row, index) => index < 10 || row.at > now - DAY);
}

interface Lease {
  readonly target: string;
  readonly runId: string;
  readonly now: number;
  readonly until: number;
}

/** One repair at a time per target; a dead one loses it when the time is up. */
export async function takeLease(tx: Tx, { target, runId, now, until }: Lease): Promise<boolean> {
  const inserted = await tx
    .insertInto('fix_lease')
    .values({ target, run_id: runId, until })
    .onConflict((conflict) => conflict.column('target').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return true;
  const taken = await tx
    .updateTable('fix_lease')
    .set({ run_id: runId, until })
    .where('target', '=', target)
    .where((eb) => eb.or([eb('until', '<=', now), eb('run_id', '=', runId)]))
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n;
}

export async function endLease(tx: Tx, runId: string): Promise<void> {
  await tx.deleteFrom('fix_lease').where('run_id', '=', runId).execute();
}

/** Newest first, for admins. */
export const recentRuns = (db: Reader, limit: number): Promise<FixRunRow[]> =>
  db.selectFrom('fix_run').selectAll().orderBy('created_at', 'desc').limit(limit).execute();
