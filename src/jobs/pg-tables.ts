import { sql } from 'kysely';
import type { Db, Tx } from '../db/db.ts';
import type { DeadJob, JobCounts } from './contract.ts';

// What pg-boss has no call for is read from its tables. Its states: created, retry, active, completed, failed.

const epochMs = (column: string) => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::bigint`;

export async function countJobs(db: Db): Promise<readonly JobCounts[]> {
  const { rows } = await sql<JobCounts>`
    select name as kind,
      count(*) filter (where state in ('created', 'retry')) as waiting,
      count(*) filter (where state = 'active') as running,
      count(*) filter (where state = 'failed') as dead,
      (extract(epoch from min(start_after) filter (
        where state in ('created', 'retry') and start_after <= now())) * 1000)::bigint as "oldestDueAt"
    from pgboss.job where name not like '\\_\\_pgboss%' group by name order by name`.execute(db.kysely);
  return rows;
}

export async function deadJobs(db: Db, limit: number): Promise<readonly DeadJob[]> {
  const { rows } = await sql<DeadJob>`
    select id, name as kind, data->>'key' as key, retry_count + 1 as attempts,
      coalesce(output->>'message', output->'value'->>'message', output::text, '') as reason,
      ${epochMs('completed_on')} as "failedAt"
    from pgboss.job where state = 'failed' order by completed_on desc limit ${limit}`.execute(db.kysely);
  return rows;
}

/** A dead letter, locked, so that two who press "retry" at once do not send it twice. */
export async function takeDead(tx: Tx, id: string): Promise<{ name: string; data: object } | undefined> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
  const { rows } = await sql<{ name: string; data: object }>`
    select name, data from pgboss.job where id = ${id}::uuid and state = 'failed' for update`.execute(tx);
  return rows[0];
}

/** Whether anything of these kinds is due or running. */
export async function waitingOf(db: Db, kinds: readonly string[]): Promise<boolean> {
  if (kinds.length === 0) return false;
  const { rows } = await sql`
    select 1 from pgboss.job where name = any(${kinds}) and (
      state = 'active' or (state in ('created', 'retry') and start_after <= now())) limit 1`.execute(
    db.kysely,
  );
  return rows.length > 0;
}

/** Done jobs are kept 7 days, for their keys. */
export async function purgeDone(db: Db): Promise<void> {
  await sql`delete from pgboss.job
    where state = 'completed' and completed_on < now() - interval '7 days'`.execute(db.kysely);
}
