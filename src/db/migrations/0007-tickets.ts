import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A ticket is its events; `ticket` is what lists and the clock need of them, written in the same transaction. */
export const tickets: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('ticket')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('number', 'bigint', (c) => c.notNull().unique())
      .addColumn('key', 'text', (c) => c.notNull().unique())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('summary', 'text', (c) => c.notNull())
      .addColumn('search_text', 'text', (c) => c.notNull())
      .addColumn('lang', 'text', (c) => c.notNull())
      .addColumn('channel', 'text', (c) => c.notNull())
      .addColumn('service', 'text')
      .addColumn('requester_login', 'text')
      .addColumn('requester_email', 'text')
      .addColumn('requester_name', 'text')
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('waiting_for', 'text')
      .addColumn('priority', 'text', (c) => c.notNull())
      .addColumn('tier', 'text', (c) => c.notNull())
      .addColumn('assignee', 'text')
      .addColumn('assignee_name', 'text')
      .addColumn('opened_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('due_at', 'bigint')
      .addColumn('due_clock', 'text')
      .addColumn('alarm_at', 'bigint')
      .addColumn('close_at', 'bigint')
      .execute();
    await db.schema.createIndex('ticket_queue').on('ticket').columns(['state', 'tier', 'due_at']).execute();
    await db.schema.createIndex('ticket_alarm_at').on('ticket').column('alarm_at').execute();
    await db.schema.createIndex('ticket_close_at').on('ticket').column('close_at').execute();
    await db.schema.createIndex('ticket_login').on('ticket').columns(['requester_login', 'state']).execute();
    await db.schema.createIndex('ticket_email').on('ticket').columns(['requester_email', 'state']).execute();

    await db.schema
      .createTable('ticket_event')
      .addColumn('ticket_id', 'text', (c) => c.notNull().references('ticket.id'))
      .addColumn('seq', 'integer', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('data', 'text', (c) => c.notNull())
      .addColumn('key', 'text')
      .addPrimaryKeyConstraint('ticket_event_pk', ['ticket_id', 'seq'])
      .execute();
    await db.schema
      .createIndex('ticket_event_key')
      .unique()
      .on('ticket_event')
      .columns(['ticket_id', 'key'])
      .execute();

    await db.schema
      .createTable('ticket_alarm')
      .addColumn('ticket_id', 'text', (c) => c.notNull().references('ticket.id'))
      .addColumn('clock', 'text', (c) => c.notNull())
      .addColumn('cycle', 'integer', (c) => c.notNull())
      .addColumn('level', 'integer', (c) => c.notNull())
      .addColumn('fired_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('ticket_alarm_pk', ['ticket_id', 'clock', 'cycle', 'level'])
      .execute();

    await db.schema
      .createTable('ticket_counter')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('value', 'bigint', (c) => c.notNull())
      .execute();
    await (db as Kysely<{ ticket_counter: { name: string; value: number } }>)
      .insertInto('ticket_counter')
      .values({ name: 'ticket', value: 1_000 })
      .execute();
  },
};
