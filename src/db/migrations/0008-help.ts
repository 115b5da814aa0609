import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Help requests: written before anything else is done about them. */
export const help: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('help_request')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('key', 'text', (c) => c.notNull().unique())
      .addColumn('fingerprint', 'text', (c) => c.notNull())
      .addColumn('requester', 'text', (c) => c.notNull())
      .addColumn('login', 'text')
      .addColumn('by_agent', 'integer', (c) => c.notNull())
      .addColumn('lang', 'text', (c) => c.notNull())
      .addColumn('service', 'text')
      .addColumn('request', 'text', (c) => c.notNull())
      .addColumn('trail', 'text', (c) => c.notNull())
      .addColumn('found', 'text')
      .addColumn('answers', 'text', (c) => c.notNull())
      .addColumn('outcome', 'text')
      .addColumn('rule', 'text')
      .addColumn('result', 'text')
      .addColumn('ticket', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addColumn('undone_at', 'bigint')
      .execute();
    await db.schema
      .createIndex('help_request_requester')
      .on('help_request')
      .columns(['requester', 'created_at'])
      .execute();
    await db.schema
      .createIndex('help_request_outcome')
      .on('help_request')
      .columns(['outcome', 'created_at'])
      .execute();
  },
};
