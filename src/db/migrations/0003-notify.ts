import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Messages on their way. The words are sealed while they wait and gone once they are delivered. */
export const notify: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('message')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('key', 'text', (c) => c.notNull().unique())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('lang', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('sealed', 'text')
      .addColumn('reason', 'text')
      .addColumn('not_after', 'bigint')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('finished_at', 'bigint')
      .execute();
    await db.schema.createIndex('message_finished').on('message').columns(['state', 'finished_at']).execute();
  },
};
