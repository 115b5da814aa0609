import { LRUCache } from 'lru-cache';
import type { Db } from '../db/db.ts';
import type { Directory } from '../directory/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { isLang } from '../lib/lang.ts';
import { ANONYMOUS, type Person, type Who } from '../lib/who.ts';
import type { Auth } from './auth.ts';
import { needsSecondFactor, sessionWorth } from './second-factor.ts';
import { dropSessionsOf, rolesOf, teamsOf } from './store.ts';

export interface OpenSession {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly person: Person;
  readonly worth: 'full' | 'must-enrol' | 'none';
}

const KEPT_MS = 5_000;
/** How long somebody who was disabled in the directory can go on at most. */
const DIRECTORY_MS = 10 * 60_000;
/** Who may do more stays signed in for a working day only. */
const PRIVILEGED_MS = 12 * 3_600_000;
const COOKIE = /(?:__Secure-)?firstline\.session_token=([^;]+)/;

interface Deps {
  readonly db: Db;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly sample: boolean;
}

/** Finds out whose session a request carries. Remembered for 5 s per cookie; `forget` after every change. */
export function createSessionReader({ db, auth, clock, directory, sample }: Deps) {
  const kept = new LRUCache<string, { who: Who; until: number }>({ max: 5_000 });
  /** When the directory was last asked about a person. */
  const asked = new LRUCache<string, number>({ max: 5_000 });

  async function read(headers: Headers): Promise<OpenSession | undefined> {
    const cookie = headers.get('cookie');
    if (!cookie || !COOKIE.test(cookie)) return undefined;
    const found = await auth.api.getSession({ headers: new Headers({ cookie }) });
    if (!found) return undefined;
    const { session, user } = found;
    const roles = await rolesOf(db.kysely, user.login);
    if (needsSecondFactor(roles) && clock.now() - session.createdAt.getTime() > PRIVILEGED_MS)
      return undefined;
    return {
      id: session.id,
      token: session.token,
      userId: user.id,
      worth: sessionWorth({
        roles,
        via: session.via ?? null,
        isEnrolled: user.twoFactorEnabled === true,
        sample,
      }),
      person: {
        kind: 'person',
        id: user.directoryId,
        login: user.login,
        name: user.name,
        email: user.email,
        lang: isLang(user.lang) ? user.lang : 'en',
        roles,
        teams: await teamsOf(db.kysely, user.login),
      },
    };
  }

  /** A directory that does not answer ends nobody's session. */
  async function isStillWelcome(person: Person): Promise<boolean> {
    const now = clock.now();
    if (now - (asked.get(person.id) ?? 0) < DIRECTORY_MS) return true;
    try {
      const found = await directory.byId(person.id);
      asked.set(person.id, now);
      if (found && !found.disabled) return true;
    } catch {
      // Asked again in a minute, not by every request.
      asked.set(person.id, now - DIRECTORY_MS + 60_000);
      return true;
    }
    asked.delete(person.id);
    await dropSessionsOf(db.kysely, person.login);
    return false;
  }

  return {
    read,
    async whoIs(headers: Headers): Promise<Who> {
      const token = COOKIE.exec(headers.get('cookie') ?? '')?.[1];
      if (!token) return ANONYMOUS;
      const now = clock.now();
      const known = kept.get(token);
      if (known && known.until > now) return known.who;
      const session = await read(headers);
      const isGood = session?.worth === 'full' && (await isStillWelcome(session.person));
      const who = isGood ? session.person : ANONYMOUS;
      kept.set(token, { who, until: now + KEPT_MS });
      return who;
    },
    forget: () => kept.clear(),
  };
}

export type SessionReader = ReturnType<typeof createSessionReader>;
