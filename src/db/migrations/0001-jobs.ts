import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The queue of the embedded database; on PostgreSQL pg-boss keeps its own tables and this one stays empty. */
export const jobs: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('job')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('key', 'text')
      .addColumn('payload', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('run_at', 'bigint', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('lease_until', 'bigint')
      .addColumn('reason', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('finished_at', 'bigint')
      .execute();
    await db.schema.createIndex('job_due').on('job').columns(['state', 'run_at']).execute();
    await db.schema.createIndex('job_key').unique().on('job').columns(['kind', 'key']).execute();
  },
};
