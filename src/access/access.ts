import type { Config } from '../config/config.ts';
import type { Db, Tx } from '../db/db.ts';
import type { Directory } from '../directory/contract.ts';
import { foldName } from '../directory/fold-name.ts';
import { SAMPLE_PEOPLE } from '../directory/sample-people.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { actorOf, type Person, type Role, requireAdmin, type Who } from '../lib/who.ts';
import { createAuth } from './auth.ts';
import type { Access } from './contract.ts';
import { createFactorCheck } from './factor-check.ts';
import { createSecondFactorFlow } from './second-factor-flow.ts';
import { createSessionReader } from './session-reader.ts';
import { createSignIn, headersFor } from './sign-in.ts';
import * as store from './store.ts';

interface Deps {
  readonly db: Db;
  readonly config: Pick<Config, 'baseUrl' | 'secret' | 'sample'>;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
}

export function createAccess({ db, config, clock, directory, audit }: Deps): Access {
  const auth = createAuth({ db, config });
  const { sample, baseUrl } = config;
  const sessions = createSessionReader({ db, auth, clock, directory, sample });
  const deps = { db, auth, clock, directory, sessions, audit, sample, baseUrl };

  async function endSessions(login: string): Promise<number> {
    const count = await store.dropSessionsOf(db.kysely, foldName(login));
    sessions.forget();
    return count;
  }

  /** A change by an admin, with its audit row, or nothing. */
  async function byAdmin(who: Who, entry: Omit<AuditEntry, 'actor'>, change: (tx: Tx) => Promise<boolean>) {
    // `system` is the server's own console; no request ever comes as that.
    const actor = who.kind === 'system' ? actorOf(who) : requireAdmin(who).login;
    const isChanged = await db.tx(async (tx) => {
      if (!(await change(tx))) return false;
      await audit(tx, { actor, ...entry });
      return true;
    });
    sessions.forget();
    return isChanged;
  }

  const signIn = createSignIn(deps);

  return {
    whoIs: sessions.whoIs,
    ...signIn,
    ...createSecondFactorFlow(deps),
    ...createFactorCheck(deps),
    endSessions,
    async firstAdminLink() {
      const admins = await store.loginsWithRole(db.kysely, 'admin');
      const [first] = admins;
      if (first === undefined || (!sample && (await store.hasSignedIn(db.kysely, admins)))) return undefined;
      return await signIn.createLink(first, 'system:start');
    },
    hasAdmin: async () => (await store.loginsWithRole(db.kysely, 'admin')).length > 0,
    async signOut(visit) {
      const { headers } = await auth.api.signOut({ headers: headersFor(visit), returnHeaders: true });
      sessions.forget();
      return headers.getSetCookie();
    },
    async mySessions(who, visit) {
      const me = person(who);
      const current = await sessions.read(visit.headers);
      const rows = await store.listSessions(db.kysely, clock.now(), me.id);
      return rows.map((row) => ({ ...row, current: row.id === current?.id }));
    },
    async endMySession(who, id) {
      const me = person(who);
      const owner = await db.tx(async (tx) => {
        const login = await store.dropSession(tx, id, me.id);
        if (login) await audit(tx, { actor: actorOf(who), action: 'access.end-session', subject: login });
        return login;
      });
      sessions.forget();
      return owner !== undefined;
    },
    async people(who) {
      if (who.kind !== 'system') requireAdmin(who);
      return await store.listPeople(db.kysely);
    },
    async grant(who, typed, role) {
      const login = foldName(typed);
      if (who.kind !== 'system') requireAdmin(who);
      if (!(await exists(directory, login))) throw new AppError('access.no-such-person', { status: 404 });
      const entry = { action: 'access.grant-role', subject: login, details: { role } };
      return await byAdmin(who, entry, (tx) =>
        store.addRole(tx, { login, role, by: actorOf(who), at: clock.now() }),
      );
    },
    revoke: (who, typed, role) => {
      const login = foldName(typed);
      return byAdmin(who, { action: 'access.revoke-role', subject: login, details: { role } }, async (tx) => {
        await refuseLastAdmin(tx, login, role);
        return await store.removeRole(tx, { login, role });
      });
    },
    async sessions(who) {
      requireAdmin(who);
      return await store.listSessions(db.kysely, clock.now());
    },
    async endSession(who, id) {
      requireAdmin(who);
      const owner = await db.tx(async (tx) => {
        const login = await store.dropSession(tx, id);
        if (login) await audit(tx, { actor: actorOf(who), action: 'access.end-session', subject: login });
        return login;
      });
      sessions.forget();
      return owner !== undefined;
    },
    resetSecondFactor: (who, typed) => {
      const login = foldName(typed);
      return byAdmin(who, { action: 'access.reset-second-factor', subject: login }, (tx) =>
        store.dropSecondFactor(tx, login),
      );
    },
    cleanUp: () => store.removeLapsed(db, clock.now()),
  };
}

function person(who: Who): Person {
  if (who.kind === 'person') return who;
  throw new AppError('access.sign-in-required', { status: 401 });
}

const exists = async (directory: Directory, login: string): Promise<boolean> =>
  (await directory.find(login)).some((found) => foldName(found.login) === login);

/** Without any admin nobody could name one again except on the server's console. */
async function refuseLastAdmin(tx: Tx, login: string, role: Role): Promise<void> {
  if (role !== 'admin') return;
  const admins = await store.loginsWithRole(tx, 'admin');
  if (admins.length === 1 && admins[0] === login) throw new AppError('access.last-admin', { status: 409 });
}

/** The roles and teams of the sample people, at the first start only: later changes by an admin stay. */
export async function seedSampleRoles(db: Db, now: number): Promise<void> {
  await db.tx(async (tx) => {
    const some = await tx.selectFrom('auth_role').select('login').limit(1).executeTakeFirst();
    if (some) return;
    for (const { login, roles, teams } of SAMPLE_PEOPLE) {
      for (const role of roles) await store.addRole(tx, { login, role, by: 'system:sample', at: now });
      await store.setTeams(tx, login, teams);
    }
  });
}
