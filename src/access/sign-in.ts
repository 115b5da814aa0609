import { createHash, randomBytes } from 'node:crypto';
import type { Db, Tx } from '../db/db.ts';
import { type Directory, type DirectoryPerson, DirectoryUnavailable } from '../directory/contract.ts';
import { foldName } from '../directory/fold-name.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { type Auth, IP_HEADER } from './auth.ts';
import type { SignInResult, Visit } from './contract.ts';
import { homeOf } from './home-of.ts';
import { sessionWorth } from './second-factor.ts';
import type { SessionReader } from './session-reader.ts';
import { beginAttempt } from './sign-in-limit.ts';
import type { Via } from './sign-in-plugin.ts';
import { rolesOf, saveLink, takeLink } from './store.ts';

export interface SignInDeps {
  readonly db: Db;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly sessions: SessionReader;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
  readonly sample: boolean;
  readonly baseUrl: string;
}

const LINK_MS = 15 * 60_000;

export const headersFor = (visit: Visit): Headers => {
  const headers = new Headers({ [IP_HEADER]: visit.ip });
  for (const name of ['cookie', 'user-agent']) {
    const value = visit.headers.get(name);
    if (value) headers.set(name, value.slice(0, 4_096));
  }
  return headers;
};

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** The ways in. What is refused is refused in the same words and with the same work. */
export function createSignIn(deps: SignInDeps) {
  const { db, auth, clock, directory, sample, baseUrl } = deps;

  /** better-auth's row for this person, brought up to what the directory says now. */
  async function userIdOf(person: DirectoryPerson): Promise<string> {
    const { internalAdapter } = await auth.$context;
    const login = foldName(person.login);
    const facts = {
      login,
      directoryId: person.id,
      name: person.name,
      email: person.mails[0] ?? '',
      emailVerified: true,
      lang: person.lang ?? null,
    };
    const known = (await knownId(login)) ?? (await created(login, facts));
    await internalAdapter.updateUser(known, facts);
    return known;
  }

  const knownId = async (login: string): Promise<string | undefined> =>
    (await db.kysely.selectFrom('auth_user').select('id').where('login', '=', login).executeTakeFirst())?.id;

  /** Two first sign-ins at the same moment: one makes the row, the other finds it. */
  async function created(login: string, facts: { email: string; name: string }): Promise<string> {
    const { internalAdapter } = await auth.$context;
    try {
      return (await internalAdapter.createUser(facts, { method: 'directory' })).id;
    } catch (error) {
      const id = await knownId(login);
      if (id === undefined) throw error;
      return id;
    }
  }

  async function openFor(person: DirectoryPerson, via: Via, visit: Visit): Promise<SignInResult> {
    const userId = await userIdOf(person);
    const login = foldName(person.login);
    // The session that this browser had is given up: signing in always begins a new one.
    const before = await deps.sessions.read(visit.headers);
    if (before) await (await auth.$context).internalAdapter.deleteSession(before.token);
    const open = via === 'sample-link' ? auth.api.openTrustedSession : auth.api.openSession;
    const { headers } = await open({
      body: { userId, via },
      headers: headersFor({ ...visit, headers: withoutSession(visit.headers) }),
      returnHeaders: true,
    });
    deps.sessions.forget();
    const cookies = headers.getSetCookie();
    if (cookies.some((line) => /two_factor=[^;]/.test(line))) return { outcome: 'second-factor', cookies };
    const roles = await rolesOf(db.kysely, login);
    const worth = sessionWorth({ roles, via, isEnrolled: false, sample });
    if (worth === 'must-enrol') return { outcome: 'must-enrol', cookies };
    await db.tx((tx) =>
      deps.audit(tx, { actor: login, action: 'access.sign-in', subject: login, details: { via } }),
    );
    return { outcome: 'signed-in', cookies, home: homeOf(roles, person.lang ?? 'en') };
  }

  return {
    async signIn(input: { login: string; password: string }, visit: Visit): Promise<SignInResult> {
      const login = foldName(input.login);
      const attempt = await beginAttempt(db, { login, ip: visit.ip }, clock.now());
      if (!attempt.allowed) return { outcome: 'too-many', retryAfterS: attempt.retryAfterS };
      try {
        const found = await directory.find(login);
        const person = found.length === 1 ? found[0] : undefined;
        const verified = await directory.verifyPassword(person?.id, input.password);
        if (verified === 'unavailable') {
          await attempt.succeeded();
          return { outcome: 'unavailable' };
        }
        if (!person || verified !== 'ok') return { outcome: 'refused' };
        await attempt.succeeded();
        return await openFor(person, 'password', visit);
      } catch (error) {
        if (!(error instanceof DirectoryUnavailable)) throw error;
        await attempt.succeeded();
        return { outcome: 'unavailable' };
      }
    },
    async signInByLink(secret: string, visit: Visit): Promise<SignInResult> {
      try {
        const login = await db.tx((tx) => takeLink(tx, hashOf(secret.trim()), clock.now()));
        const person = login === undefined ? undefined : (await directory.find(login))[0];
        if (!person || person.disabled) return { outcome: 'refused' };
        return await openFor(person, sample ? 'sample-link' : 'link', visit);
      } catch (error) {
        if (error instanceof DirectoryUnavailable) return { outcome: 'unavailable' };
        throw error;
      }
    },
    async createLink(login: string, by: string): Promise<string | undefined> {
      const [person, ...others] = await directory.find(login);
      if (!person || others.length > 0) return undefined;
      const secret = randomBytes(24).toString('base64url');
      await db.tx(async (tx) => {
        await saveLink(tx, {
          secret_hash: hashOf(secret),
          login: foldName(person.login),
          expires_at: clock.now() + LINK_MS,
        });
        await deps.audit(tx, { actor: by, action: 'access.create-link', subject: foldName(person.login) });
      });
      // Behind the #, which browsers send to nobody: the secret is in no log and no referrer.
      return `${baseUrl}/${person.lang ?? 'en'}/sign-in/link#${secret}`;
    },
  };
}

/** A browser's old session must not become the new one (session fixation). */
function withoutSession(headers: Headers): Headers {
  const agent = headers.get('user-agent');
  return new Headers(agent ? { 'user-agent': agent } : {});
}
