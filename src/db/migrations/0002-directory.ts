import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The portal's own accounts, for organisations without a directory server. */
export const directory: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('person')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('login', 'text', (c) => c.notNull())
      .addColumn('login_key', 'text', (c) => c.notNull().unique())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('lang', 'text')
      .addColumn('disabled', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('locked_by_admin', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('privileged', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('password_hash', 'text')
      .addColumn('password_changed_at', 'bigint')
      .addColumn('password_expires_at', 'bigint')
      .addColumn('wrong_count', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('wrong_since', 'bigint')
      .addColumn('locked_until', 'bigint')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('person_mail')
      .addColumn('person_id', 'text', (c) => c.notNull().references('person.id').onDelete('cascade'))
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('mail', 'text', (c) => c.notNull())
      .addColumn('mail_key', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('person_mail_pk', ['person_id', 'position'])
      .execute();
    await db.schema.createIndex('person_mail_key').on('person_mail').column('mail_key').execute();
    await db.schema
      .createTable('person_password')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('person_id', 'text', (c) => c.notNull().references('person.id').onDelete('cascade'))
      .addColumn('hash', 'text', (c) => c.notNull())
      .addColumn('set_at', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex('person_password_person')
      .on('person_password')
      .columns(['person_id', 'set_at'])
      .execute();
  },
};
