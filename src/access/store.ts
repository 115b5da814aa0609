import type { Db, Reader, Tx } from '../db/db.ts';
import { newId } from '../lib/id.ts';
import { ROLES, type Role } from '../lib/who.ts';

interface Tables {
  /** better-auth's; only what we read of them. Instants are ISO text. */
  auth_user: {
    id: string;
    login: string;
    directory_id: string;
    lang: string | null;
    name: string;
    email: string;
    two_factor_enabled: 0 | 1 | null;
    created_at: string;
    updated_at: string;
  };
  auth_session: {
    id: string;
    token: string;
    user_id: string;
    via: string | null;
    ip_address: string | null;
    user_agent: string | null;
    expires_at: string;
    created_at: string;
  };
  auth_verification: { id: string; expires_at: string };
  auth_two_factor: { id: string; user_id: string; secret: string; backup_codes: string };
  auth_role: { login: string; role: Role; granted_by: string; granted_at: number };
  auth_team: { login: string; team: string };
  auth_link: { secret_hash: string; login: string; expires_at: number };
  auth_failure: { id: string; key: string; at: number };
}
type AccessTables = Tables;
declare module '../db/tables.ts' {
  interface Tables extends AccessTables {}
}

export interface Grant {
  readonly login: string;
  readonly role: Role;
}

export async function rolesOf(db: Reader, login: string): Promise<readonly Role[]> {
  const rows = await db.selectFrom('auth_role').select('role').where('login', '=', login).execute();
  return ROLES.filter((role) => rows.some((row) => row.role === role));
}

export async function teamsOf(db: Reader, login: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('auth_team')
    .select('team')
    .where('login', '=', login)
    .orderBy('team')
    .execute();
  return rows.map(({ team }) => team);
}

/** False when the person has it already. */
export async function addRole(tx: Tx, grant: Grant & { by: string; at: number }): Promise<boolean> {
  const result = await tx
    .insertInto('auth_role')
    .values({ login: grant.login, role: grant.role, granted_by: grant.by, granted_at: grant.at })
    .onConflict((conflict) => conflict.columns(['login', 'role']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function removeRole(tx: Tx, { login, role }: Grant): Promise<boolean> {
  const result = await tx
    .deleteFrom('auth_role')
    .where('login', '=', login)
    .where('role', '=', role)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function setTeams(tx: Tx, login: string, teams: readonly string[]): Promise<void> {
  await tx.deleteFrom('auth_team').where('login', '=', login).execute();
  if (teams.length > 0)
    await tx
      .insertInto('auth_team')
      .values(teams.map((team) => ({ login, team })))
      .execute();
}

export async function loginsWithRole(db: Reader, role: Role): Promise<string[]> {
  const rows = await db
    .selectFrom('auth_role')
    .select('login')
    .where('role', '=', role)
    .orderBy('granted_at')
    .orderBy('login')
    .execute();
  return rows.map(({ login }) => login);
}

/** Whether any of them ever came in. */
export async function hasSignedIn(db: Reader, logins: readonly string[]): Promise<boolean> {
  if (logins.length === 0) return false;
  const row = await db
    .selectFrom('auth_user')
    .select('id')
    .where('login', 'in', logins)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export interface PersonRow {
  readonly login: string;
  /** As of the last sign-in; undefined for somebody who has a role but never came. */
  readonly name: string | undefined;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
  readonly hasSecondFactor: boolean;
  readonly lastSignIn: number | undefined;
}

/** Everybody with a role or a sign-in. */
export async function listPeople(db: Reader): Promise<PersonRow[]> {
  const [roles, teams, users, sessions] = await Promise.all([
    db.selectFrom('auth_role').select(['login', 'role']).execute(),
    db.selectFrom('auth_team').select(['login', 'team']).orderBy('team').execute(),
    db.selectFrom('auth_user').select(['id', 'login', 'name', 'two_factor_enabled', 'updated_at']).execute(),
    db
      .selectFrom('auth_session')
      .select((eb) => ['user_id', eb.fn.max('created_at').as('at')])
      .groupBy('user_id')
      .execute(),
  ]);
  const logins = new Set([...roles.map((row) => row.login), ...users.map((row) => row.login)]);
  return [...logins].sort().map((login) => {
    const user = users.find((row) => row.login === login);
    const at = user && sessions.find((row) => row.user_id === user.id)?.at;
    return {
      login,
      name: user?.name,
      roles: ROLES.filter((role) => roles.some((row) => row.login === login && row.role === role)),
      teams: teams.filter((row) => row.login === login).map((row) => row.team),
      hasSecondFactor: user?.two_factor_enabled === 1,
      lastSignIn: at ? Date.parse(at) : undefined,
    };
  });
}

export async function saveLink(tx: Tx, link: Tables['auth_link']): Promise<void> {
  await tx.insertInto('auth_link').values(link).execute();
}

/** The login of a link that is still good; the link is used up by this, whoever asks first. */
export async function takeLink(tx: Tx, secretHash: string, now: number): Promise<string | undefined> {
  const row = await tx
    .deleteFrom('auth_link')
    .where('secret_hash', '=', secretHash)
    .returning(['login', 'expires_at'])
    .executeTakeFirst();
  return row && row.expires_at > now ? row.login : undefined;
}

export interface SessionRow {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly since: number;
  readonly until: number;
}

/** Live sessions, newest first; of one person or of all. */
export async function listSessions(db: Reader, now: number, directoryId?: string): Promise<SessionRow[]> {
  let query = db
    .selectFrom('auth_session')
    .innerJoin('auth_user', 'auth_user.id', 'auth_session.user_id')
    .select([
      'auth_session.id',
      'auth_user.login',
      'auth_user.name',
      'auth_session.ip_address',
      'auth_session.user_agent',
      'auth_session.created_at',
      'auth_session.expires_at',
    ])
    .where('auth_session.expires_at', '>', new Date(now).toISOString())
    .orderBy('auth_session.created_at', 'desc')
    .limit(500);
  if (directoryId !== undefined) query = query.where('auth_user.directory_id', '=', directoryId);
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    login: row.login,
    name: row.name,
    ip: row.ip_address ?? '',
    userAgent: row.user_agent ?? '',
    since: Date.parse(row.created_at),
    until: Date.parse(row.expires_at),
  }));
}

/** Ends one session, of `directoryId` only when that is given; answers whose it was. */
export async function dropSession(tx: Tx, id: string, directoryId?: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('auth_session')
    .innerJoin('auth_user', 'auth_user.id', 'auth_session.user_id')
    .select(['auth_user.login', 'auth_user.directory_id'])
    .where('auth_session.id', '=', id)
    .executeTakeFirst();
  if (!row || (directoryId !== undefined && row.directory_id !== directoryId)) return undefined;
  await tx.deleteFrom('auth_session').where('id', '=', id).execute();
  return row.login;
}

export async function dropSessionsOf(db: Reader, login: string, exceptToken = ''): Promise<number> {
  const result = await db
    .deleteFrom('auth_session')
    .where('user_id', 'in', (eb) => eb.selectFrom('auth_user').select('id').where('login', '=', login))
    .where('token', '<>', exceptToken)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Also ends the sessions: they were opened with what is now lost. */
export async function dropSecondFactor(tx: Tx, login: string): Promise<boolean> {
  const user = await tx
    .selectFrom('auth_user')
    .select(['id', 'two_factor_enabled'])
    .where('login', '=', login)
    .executeTakeFirst();
  if (user?.two_factor_enabled !== 1) return false;
  await tx.deleteFrom('auth_two_factor').where('user_id', '=', user.id).execute();
  await tx.deleteFrom('auth_session').where('user_id', '=', user.id).execute();
  await tx.updateTable('auth_user').set({ two_factor_enabled: 0 }).where('id', '=', user.id).execute();
  return true;
}

/** Books an attempt as failed before it is made, so that many at once cannot slip through. */
export async function bookFailures(db: Db, keys: readonly string[], now: number): Promise<string[]> {
  const rows = keys.map((key) => ({ id: newId(), key, at: now }));
  await db.kysely.insertInto('auth_failure').values(rows).execute();
  return rows.map((row) => row.id);
}

export async function unbookFailures(db: Db, ids: readonly string[]): Promise<void> {
  await db.kysely.deleteFrom('auth_failure').where('id', 'in', ids).execute();
}

/** True the first time only: a code that was seen over a shoulder is of no use any more (RFC 6238, 5.2). */
export async function useCode(db: Db, codeHash: string, now: number): Promise<boolean> {
  const result = await db.kysely
    .insertInto('auth_failure')
    .values({ id: `code:${codeHash}`, key: 'used-code', at: now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function countFailures(
  db: Db,
  key: string,
  since: number,
): Promise<{ count: number; oldest: number }> {
  const row = await db.kysely
    .selectFrom('auth_failure')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('at').as('oldest')])
    .where('key', '=', key)
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), oldest: Number(row.oldest ?? 0) };
}

export async function removeLapsed(db: Db, now: number): Promise<void> {
  const iso = new Date(now).toISOString();
  await db.kysely.deleteFrom('auth_session').where('expires_at', '<', iso).execute();
  await db.kysely.deleteFrom('auth_verification').where('expires_at', '<', iso).execute();
  await db.kysely.deleteFrom('auth_link').where('expires_at', '<', now).execute();
  await db.kysely
    .deleteFrom('auth_failure')
    .where('at', '<', now - 86_400_000)
    .execute();
}
