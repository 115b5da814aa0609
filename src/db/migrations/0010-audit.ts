import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The audit trail: rows that are only ever added, each sealed over the one before it. */
export const audit: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('audit')
      .addColumn('seq', 'bigint', (c) => c.primaryKey())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('actor', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('details', 'text', (c) => c.notNull())
      .addColumn('key_id', 'text', (c) => c.notNull())
      .addColumn('seal', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('audit_at').on('audit').column('at').execute();
    await db.schema.createIndex('audit_actor').on('audit').columns(['actor', 'seq']).execute();
    await db.schema.createIndex('audit_action').on('audit').columns(['action', 'seq']).execute();
    // One row, taken by every writer until its commit, so that the chain has no forks.
    await db.schema
      .createTable('audit_head')
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('seal', 'text', (c) => c.notNull())
      .execute();
    await db
      .withTables<{ audit_head: { id: number; seq: number; seal: string } }>()
      .insertInto('audit_head')
      .values({ id: 1, seq: 0, seal: '' })
      .execute();
  },
};
