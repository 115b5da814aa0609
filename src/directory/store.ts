import type { Db, Reader, Tx } from '../db/db.ts';
import { isLang, type Lang } from '../lib/lang.ts';
import type { DirectoryPerson } from './contract.ts';
import { foldName } from './fold-name.ts';

export interface PersonTable {
  id: string;
  login: string;
  login_key: string;
  name: string;
  lang: string | null;
  disabled: 0 | 1;
  locked_by_admin: 0 | 1;
  privileged: 0 | 1;
  password_hash: string | null;
  password_changed_at: number | null;
  password_expires_at: number | null;
  wrong_count: number;
  wrong_since: number | null;
  locked_until: number | null;
  created_at: number;
}
interface PersonMailTable {
  person_id: string;
  position: number;
  mail: string;
  mail_key: string;
}
interface PersonPasswordTable {
  id: string;
  person_id: string;
  hash: string;
  set_at: number;
}
declare module '../db/tables.ts' {
  interface Tables {
    person: PersonTable;
    person_mail: PersonMailTable;
    person_password: PersonPasswordTable;
  }
}

export interface NewPerson {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly lang?: Lang;
  readonly mails: readonly string[];
  readonly privileged?: boolean;
  readonly disabled?: boolean;
  readonly lockedByAdmin?: boolean;
}

/** More than two hits are as ambiguous as two. */
const MOST_HITS = 3;

export async function findPeople(db: Reader, identifier: string, now: number): Promise<DirectoryPerson[]> {
  const key = foldName(identifier);
  const rows = await db
    .selectFrom('person')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('login_key', '=', key),
        eb('id', 'in', eb.selectFrom('person_mail').select('person_id').where('mail_key', '=', key)),
      ]),
    )
    .limit(MOST_HITS)
    .execute();
  return await Promise.all(rows.map((row) => withMails(db, row, now)));
}

export async function personById(db: Reader, id: string, now: number): Promise<DirectoryPerson | undefined> {
  const row = await personRow(db, id);
  return row && (await withMails(db, row, now));
}

export const personRow = (db: Reader, id: string): Promise<PersonTable | undefined> =>
  db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();

async function withMails(db: Reader, row: PersonTable, now: number): Promise<DirectoryPerson> {
  const mails = await db
    .selectFrom('person_mail')
    .select('mail')
    .where('person_id', '=', row.id)
    .orderBy('position')
    .execute();
  return {
    id: row.id,
    login: row.login,
    name: row.name,
    mails: mails.map(({ mail }) => mail),
    ...(isLang(row.lang) ? { lang: row.lang } : {}),
    disabled: row.disabled === 1,
    locked: row.locked_by_admin === 1 || (row.locked_until ?? 0) > now,
    lockedByAdmin: row.locked_by_admin === 1,
    privileged: row.privileged === 1,
    ...(row.password_changed_at === null ? {} : { passwordChangedAt: row.password_changed_at }),
    ...(row.password_expires_at === null ? {} : { passwordExpiresAt: row.password_expires_at }),
  };
}

/** A new account without a password; does nothing when the login is taken. */
export async function addPerson(tx: Tx, person: NewPerson, now: number): Promise<void> {
  const added = await tx
    .insertInto('person')
    .values({
      id: person.id,
      login: person.login,
      login_key: foldName(person.login),
      name: person.name,
      lang: person.lang ?? null,
      disabled: person.disabled ? 1 : 0,
      locked_by_admin: person.lockedByAdmin ? 1 : 0,
      privileged: person.privileged ? 1 : 0,
      password_hash: null,
      password_changed_at: null,
      password_expires_at: null,
      wrong_count: 0,
      wrong_since: null,
      locked_until: null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('login_key').doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows === 0n || person.mails.length === 0) return;
  const mails = person.mails.map((mail, position) => ({
    person_id: person.id,
    position,
    mail,
    mail_key: foldName(mail),
  }));
  await tx.insertInto('person_mail').values(mails).execute();
}

export const lastHashes = async (db: Reader, personId: string, count: number): Promise<string[]> => {
  const rows = await db
    .selectFrom('person_password')
    .select('hash')
    .where('person_id', '=', personId)
    .orderBy('set_at', 'desc')
    .limit(count)
    .execute();
  return rows.map((row) => row.hash);
};

interface PasswordChange {
  readonly id: string;
  readonly personId: string;
  readonly hash: string;
  /** The hash that was current when the history was looked at; another one means: look again. */
  readonly replaces: string | null;
  readonly now: number;
  readonly kept: number;
}

/** False when the password was changed by somebody else in between. */
export function storePassword(db: Db, change: PasswordChange): Promise<boolean> {
  return db.tx(async (tx) => {
    const row = await personRow(tx, change.personId);
    if (!row) return false;
    // Strictly later than before: that is how a change of unknown outcome is recognised afterwards.
    const at = Math.max(change.now, (row.password_changed_at ?? 0) + 1);
    const updated = await tx
      .updateTable('person')
      .set({
        password_hash: change.hash,
        password_changed_at: at,
        wrong_count: 0,
        wrong_since: null,
        locked_until: null,
      })
      .where('id', '=', change.personId)
      .where('password_hash', change.replaces === null ? 'is' : '=', change.replaces)
      .executeTakeFirst();
    if (updated.numUpdatedRows !== 1n) return false;
    await tx
      .insertInto('person_password')
      .values({ id: change.id, person_id: change.personId, hash: change.hash, set_at: at })
      .execute();
    const old = tx
      .selectFrom('person_password')
      .select('id')
      .where('person_id', '=', change.personId)
      .orderBy('set_at', 'desc')
      .limit(change.kept);
    await tx
      .deleteFrom('person_password')
      .where('person_id', '=', change.personId)
      .where('id', 'not in', old)
      .execute();
    return true;
  });
}

export async function storeUnlocked(db: Db, personId: string): Promise<void> {
  await db.kysely
    .updateTable('person')
    .set({ wrong_count: 0, wrong_since: null, locked_until: null })
    .where('id', '=', personId)
    .execute();
}
