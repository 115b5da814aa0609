import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Account recovery: requests with their timeline, limits, leases per account, "this was not me". */
export const recovery: Migration = {
  async up(db: Kysely<unknown>) {
    await createRequests(db);
    await db.schema
      .createTable('recovery_event')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('request_id', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('event', 'text', (c) => c.notNull())
      .addColumn('code', 'text')
      .execute();
    await db.schema
      .createIndex('recovery_event_request')
      .on('recovery_event')
      .columns(['request_id', 'at'])
      .execute();
    await db.schema
      .createTable('recovery_hit')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('recovery_hit_key').on('recovery_hit').columns(['key', 'at']).execute();
    await db.schema
      .createTable('recovery_lease')
      .addColumn('key', 'text', (c) => c.primaryKey())
      .addColumn('holder', 'text', (c) => c.notNull())
      .addColumn('until', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('recovery_report')
      .addColumn('token_hash', 'text', (c) => c.primaryKey())
      .addColumn('request_id', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('used_at', 'bigint')
      .execute();
    await db.schema
      .createTable('recovery_freeze')
      .addColumn('account_id', 'text', (c) => c.primaryKey())
      .addColumn('until', 'bigint', (c) => c.notNull())
      .addColumn('request_id', 'text', (c) => c.notNull())
      .execute();
  },
};

async function createRequests(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('recovery_request')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('identifier', 'text')
    .addColumn('cookie_hash', 'text')
    .addColumn('account_id', 'text')
    .addColumn('login', 'text')
    .addColumn('name', 'text')
    .addColumn('contact', 'text')
    .addColumn('code_hash', 'text')
    .addColumn('code_tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('token_hash', 'text')
    .addColumn('factor', 'text', (c) => c.notNull().defaultTo('none'))
    .addColumn('proved_by', 'text')
    .addColumn('set_tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('failures', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('reason', 'text')
    .addColumn('outcome', 'text')
    .addColumn('ticket', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('setting_since', 'bigint')
    .addColumn('changed_before', 'bigint')
    .addColumn('seen_unchanged_at', 'bigint')
    .addColumn('unknown_since', 'bigint')
    .addColumn('closed_at', 'bigint')
    .addColumn('sessions_ended_at', 'bigint')
    .execute();
  const index = (name: string, columns: string[]) =>
    db.schema.createIndex(name).on('recovery_request').columns(columns).execute();
  await index('recovery_request_cookie', ['cookie_hash']);
  await index('recovery_request_token', ['token_hash']);
  await index('recovery_request_account', ['account_id', 'state']);
  await index('recovery_request_expiry', ['state', 'expires_at']);
}
