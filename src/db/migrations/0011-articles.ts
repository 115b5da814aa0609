import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Votes on articles, and how often each was read per day; nothing about who. */
export const articles: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('article_vote')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('article_id', 'text', (c) => c.notNull())
      .addColumn('lang', 'text', (c) => c.notNull())
      .addColumn('version', 'text', (c) => c.notNull())
      .addColumn('helpful', 'integer', (c) => c.notNull())
      .addColumn('reason', 'text')
      .addColumn('comment', 'text')
      .addColumn('at', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex('article_vote_article')
      .on('article_vote')
      .columns(['article_id', 'at'])
      .execute();
    await db.schema
      .createTable('article_read')
      .addColumn('article_id', 'text', (c) => c.notNull())
      .addColumn('lang', 'text', (c) => c.notNull())
      .addColumn('day', 'integer', (c) => c.notNull())
      .addColumn('reads', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('article_read_pk', ['article_id', 'lang', 'day'])
      .execute();
  },
};
