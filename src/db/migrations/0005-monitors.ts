import { type Kysely, PostgresAdapter } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Monitors: state, transitions, packed hours, days; heartbeats; who holds the beat. */
export const monitors: Migration = {
  async up(db: Kysely<unknown>) {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    await db.schema
      .createTable('monitor')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('no', 'integer', (c) => c.notNull().unique())
      .addColumn('service', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('monitor_transition')
      .addColumn('monitor', 'integer', (c) => c.notNull())
      .addColumn('seq', 'integer', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('health', 'text', (c) => c.notNull())
      .addColumn('overlay', 'text')
      .addColumn('reason', 'text')
      .addPrimaryKeyConstraint('monitor_transition_key', ['monitor', 'seq'])
      .execute();
    await db.schema.createIndex('monitor_transition_at').on('monitor_transition').column('at').execute();
    await db.schema
      .createTable('raw_hour')
      // On SQLite an INTEGER key is the row's own number: no second index, and old hours are one range.
      .addColumn('slot', isPostgres ? 'bigint' : 'integer', (c) => c.primaryKey())
      .addColumn('pack', isPostgres ? 'bytea' : 'blob', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('monitor_day')
      .addColumn('monitor', 'integer', (c) => c.notNull())
      .addColumn('day', 'integer', (c) => c.notNull())
      .addColumn('up', 'integer', (c) => c.notNull())
      .addColumn('down', 'integer', (c) => c.notNull())
      .addColumn('maintenance', 'integer', (c) => c.notNull())
      .addColumn('unknown', 'integer', (c) => c.notNull())
      .addColumn('checks', 'integer', (c) => c.notNull())
      .addColumn('hours', isPostgres ? 'bytea' : 'blob', (c) => c.notNull())
      .addPrimaryKeyConstraint('monitor_day_key', ['monitor', 'day'])
      .execute();
    await db.schema
      .createTable('service_day')
      .addColumn('service', 'text', (c) => c.notNull())
      .addColumn('day', 'integer', (c) => c.notNull())
      .addColumn('up', 'integer', (c) => c.notNull())
      .addColumn('down', 'integer', (c) => c.notNull())
      .addColumn('maintenance', 'integer', (c) => c.notNull())
      .addColumn('unknown', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('service_day_key', ['service', 'day'])
      .execute();
    await db.schema
      .createTable('heartbeat')
      .addColumn('monitor', 'text', (c) => c.primaryKey())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('ok', 'integer', (c) => c.notNull())
      .addColumn('message', 'text')
      .execute();
    await db.schema
      .createTable('lease')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('holder', 'text', (c) => c.notNull())
      .addColumn('until', 'bigint', (c) => c.notNull())
      .execute();
  },
};
