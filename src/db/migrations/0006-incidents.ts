import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Incidents with their timeline, the monitors behind them, people who said "me too"; planned maintenance. */
export const incidents: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('incident')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('origin', 'text', (c) => c.notNull())
      .addColumn('title', 'text', (c) => c.notNull())
      .addColumn('impact', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('services', 'text', (c) => c.notNull())
      .addColumn('opened_at', 'bigint', (c) => c.notNull())
      .addColumn('resolved_at', 'bigint')
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addColumn('joined', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('ticket', 'text')
      .execute();
    await db.schema.createIndex('incident_opened').on('incident').column('opened_at').execute();
    await db.schema
      .createTable('incident_update')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('by', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex('incident_update_of')
      .on('incident_update')
      .columns(['incident', 'at'])
      .execute();
    await db.schema
      .createTable('incident_monitor')
      .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
      .addColumn('monitor', 'text', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('until', 'bigint')
      .addPrimaryKeyConstraint('incident_monitor_key', ['incident', 'monitor', 'since'])
      .execute();
    await db.schema
      .createIndex('incident_monitor_open')
      .on('incident_monitor')
      .columns(['monitor', 'until'])
      .execute();
    await db.schema
      .createTable('incident_join')
      .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
      .addColumn('contact', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('incident_join_key', ['incident', 'contact'])
      .execute();
    await db.schema
      .createTable('maintenance')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('title', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('services', 'text', (c) => c.notNull())
      .addColumn('starts_at', 'bigint', (c) => c.notNull())
      .addColumn('ends_at', 'bigint', (c) => c.notNull())
      .addColumn('cancelled', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('maintenance_ends').on('maintenance').column('ends_at').execute();
  },
};
