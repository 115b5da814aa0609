import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Fix runs with their steps, and leases so that one target is repaired by one run at a time. */
export const fixes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('fix_run')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('fix', 'text', (c) => c.notNull())
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('started_by', 'text', (c) => c.notNull())
      .addColumn('trigger', 'text', (c) => c.notNull())
      .addColumn('lang', 'text', (c) => c.notNull())
      .addColumn('input', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('steps', 'text', (c) => c.notNull())
      .addColumn('reason', 'text')
      .addColumn('ticket', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('finished_at', 'bigint')
      .execute();
    await db.schema.createIndex('fix_run_target').on('fix_run').columns(['target', 'created_at']).execute();
    await db.schema.createIndex('fix_run_fix').on('fix_run').columns(['fix', 'created_at']).execute();
    await db.schema
      .createTable('fix_lease')
      .addColumn('target', 'text', (c) => c.primaryKey())
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('until', 'bigint', (c) => c.notNull())
      .execute();
  },
};
