import { randomBytes } from 'node:crypto';
import { type Client, PasswordPolicyControl } from 'ldapts';
import type { VerifyResult } from '../../contract.ts';
import type { Account } from './change.ts';
import { connected, hangUp } from './connection.ts';
import { createEqualTime } from './equal-time.ts';
import { failureOf } from './failure.ts';
import type { AccountState, Flavour } from './flavours/flavour.ts';
import type { LdapSettings } from './settings.ts';

interface Deps {
  readonly settings: LdapSettings;
  readonly account: (dn: string) => Promise<Account | undefined>;
  readonly withConnection: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  /** No answer comes earlier than this, whoever is asked about. */
  readonly verifyMs: number;
}

export type Bound = 'right' | 'expired' | 'wrong' | 'unavailable';

interface Verified {
  readonly result: VerifyResult;
  readonly whole: boolean;
}

/**
 * Binds as the person on a connection of its own. A wrong password costs the directory much more work than a name
 * that it does not have, and a locked account less than either, so every answer waits for the same moment.
 */
export function createVerify({ settings, account, withConnection, verifyMs }: Deps) {
  const inEqualTime = createEqualTime(verifyMs);
  const nobody = `cn=nobody-${randomBytes(8).toString('hex')},${settings.people.base}`;

  async function bind(dn: string, password: string): Promise<Bound> {
    const control = new PasswordPolicyControl();
    let client: Client | undefined;
    try {
      client = await connected(settings);
      await client.bind(dn, password, control);
      return 'right';
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'answered') return 'unavailable';
      const policyError = control.value?.error;
      return boundAfter(settings.flavour, {
        code: failure.code,
        message: failure.message,
        ...(policyError === undefined ? {} : { policyError }),
      });
    } finally {
      if (client) hangUp(client);
    }
  }

  async function verify(id: string | undefined, password: string): Promise<Verified> {
    // An empty password is an anonymous bind, which some directories call a success (RFC 4513, 5.1.2).
    const asked = password === '' ? randomBytes(16).toString('hex') : password;
    const dn = id === undefined || !id.includes('=') ? nobody : id;
    const bound = await bind(dn, asked);
    if (bound === 'unavailable') return { result: 'unavailable', whole: false };
    try {
      // After the bind, since that may lock the account, or end a lock that has passed.
      const state = (await account(dn))?.state;
      return { result: verifyResult(bound, state), whole: state !== undefined };
    } catch {
      return { result: 'unavailable', whole: false };
    }
  }

  return async (id: string | undefined, password: string): Promise<VerifyResult> =>
    (await withConnection(() => inEqualTime(() => verify(id, password)))) ?? 'unavailable';
}

/** Result codes of a bind that are about the person and not about the server. */
const ABOUT_PERSON: ReadonlySet<number> = new Set([19, 21, 32, 34, 48, 49, 50, 53]);

export function boundAfter(flavour: Flavour, answer: Parameters<Flavour['isRightButExpired']>[0]): Bound {
  if (flavour.isRightButExpired(answer)) return 'expired';
  return ABOUT_PERSON.has(answer.code) ? 'wrong' : 'unavailable';
}

export function verifyResult(
  bound: Exclude<Bound, 'unavailable'>,
  state: AccountState | undefined,
): VerifyResult {
  if (!state) return 'wrong';
  if (state.lockedByAdmin) return 'locked';
  if (state.disabled) return 'disabled';
  // The directory let the person in: a lock that is still noted has passed.
  if (bound === 'right') return 'ok';
  if (bound === 'expired') return 'expired';
  return state.locked ? 'locked' : 'wrong';
}
