import { setTimeout as sleep } from 'node:timers/promises';
import { Attribute, Change, type Client, FilterParser, PasswordPolicyControl } from 'ldapts';
import type { Clock } from '../../../lib/clock.ts';
import { DirectoryUnavailable, type SetPasswordResult } from '../../contract.ts';
import { ASSERTION_FAILED, AssertionControl } from './assertion-control.ts';
import { boundAs, hangUp } from './connection.ts';
import { dnKey } from './dn-key.ts';
import type { LdapEntry } from './entry.ts';
import { type Failure, failureCode, failureOf } from './failure.ts';
import type { AccountState, Flavour, Replacement, Rules } from './flavours/flavour.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import { PASSWORD_MODIFY, passwordModifyValue } from './password-modify.ts';
import { PolicyHintsControl } from './policy-hints-control.ts';
import type { LdapSettings } from './settings.ts';

export interface Account {
  readonly entry: LdapEntry;
  readonly state: AccountState;
  readonly rules: Rules;
}

interface Deps {
  readonly settings: LdapSettings;
  readonly clock: Clock;
  /** The entry now; undefined when it is gone. Throws DirectoryUnavailable. */
  readonly account: (dn: string) => Promise<Account | undefined>;
  readonly withConnection: <T>(work: () => Promise<T>) => Promise<T | undefined>;
}

type Work = (client: Client, account: Account) => Promise<Refused | undefined>;

/** An operation that was sent and did not succeed, with what the policy control said. */
interface Refused {
  readonly failure: Failure;
  readonly policyError?: number;
}

/** Both writes of the contract: the state is read first, the connection is fresh, nothing is repeated blindly. */
export function createChange({ settings, clock, account, withConnection }: Deps) {
  const { flavour } = settings;
  const oneAtATime = createOneAtATime();

  async function change(id: string, work: Work): Promise<SetPasswordResult> {
    const result = await oneAtATime(dnKey(id), () => withConnection(() => onFreshConnection(id, work)));
    return result ?? { outcome: 'failed', code: 'too-many-at-once' };
  }

  async function onFreshConnection(id: string, work: Work): Promise<SetPasswordResult> {
    let client: Client;
    try {
      client = await boundAs(settings, settings.bindDn, settings.bindPassword);
    } catch (error) {
      // Nothing was asked yet, so nothing can have happened.
      return { outcome: 'failed', code: failureCode(failureOf(error)) };
    }
    try {
      const first = await attempt(id, client, work);
      if (first !== 'busy') return first;
      // Somebody else changed the same entry at this moment (result 20): once more, after a look at what is now.
      await sleep(50 + Math.random() * 100);
      const second = await attempt(id, client, work);
      return second === 'busy' ? { outcome: 'failed', code: 'busy' } : second;
    } finally {
      hangUp(client);
    }
  }

  async function attempt(id: string, client: Client, work: Work): Promise<SetPasswordResult | 'busy'> {
    let known: Account | undefined;
    try {
      known = await account(id);
    } catch (error) {
      if (!(error instanceof DirectoryUnavailable)) throw error;
      return { outcome: 'failed', code: error.message };
    }
    if (!known) return { outcome: 'failed', code: 'no-such-person' };
    if (known.state.disabled) return { outcome: 'refused', reason: 'not-allowed', code: 'disabled' };
    // Any new password would clear this lock as well.
    if (known.state.lockedByAdmin)
      return { outcome: 'refused', reason: 'not-allowed', code: 'locked-by-admin' };
    const refused = await work(client, known);
    return refused ? changeResult(flavour, refused) : { outcome: 'applied' };
  }

  async function put({ entry }: Account, client: Client, password: string): Promise<Refused | undefined> {
    const operation = flavour.setPassword(password, entry);
    return await asking((control) =>
      operation.by === 'password-modify'
        ? client.exop(PASSWORD_MODIFY, passwordModifyValue(entry.dn, password), control)
        : client.modify(entry.dn, replacing(operation.replace), [control, new PolicyHintsControl()]),
    );
  }

  /** The password stands already; what cannot be tidied up now is seen by `doctor` and in `passwordExpiresAt`. */
  async function tidy(client: Client, id: string): Promise<void> {
    try {
      const known = await account(id);
      const left = known ? flavour.afterwards(known.entry, known.rules, clock.now()) : [];
      if (known && left.length > 0) await client.modify(known.entry.dn, replacing(left));
    } catch (error) {
      if (!(error instanceof DirectoryUnavailable)) failureOf(error);
    }
  }

  return {
    setPassword: (id: string, password: string): Promise<SetPasswordResult> =>
      change(id, async (client, known) => {
        const refused = await put(known, client, password);
        if (!refused) await tidy(client, id);
        return refused;
      }),
    unlock: (id: string): Promise<SetPasswordResult> =>
      change(id, (client, { entry }) =>
        asking((control) => {
          const { unlockOnlyIf: condition } = flavour;
          const controls =
            condition === undefined ? [] : [new AssertionControl(FilterParser.parseString(condition))];
          return client.modify(entry.dn, replacing(flavour.unlock(clock.now())), [control, ...controls]);
        }),
      ),
  };
}

async function asking(
  operation: (control: PasswordPolicyControl) => Promise<unknown>,
): Promise<Refused | undefined> {
  const control = new PasswordPolicyControl();
  try {
    await operation(control);
    return undefined;
  } catch (error) {
    const policyError = control.value?.error;
    return { failure: failureOf(error), ...(policyError === undefined ? {} : { policyError }) };
  }
}

const replacing = (replacements: readonly Replacement[]): Change[] =>
  replacements.map(({ attribute: type, values }) => {
    // ldapts wants one kind in a list; a Buffer holds both.
    const modification = new Attribute({ type, values: values.map((value) => Buffer.from(value)) });
    return new Change({ operation: 'replace', modification });
  });

/** What the contract calls an answer that is not success. */
export function changeResult(
  flavour: Flavour,
  { failure, policyError }: Refused,
): SetPasswordResult | 'busy' {
  if (failure.kind === 'silent') return { outcome: 'unknown', code: failure.code };
  if (failure.kind === 'unreachable') return { outcome: 'failed', code: failure.code };
  if (failure.code === ASSERTION_FAILED) {
    return { outcome: 'refused', reason: 'not-allowed', code: 'locked-by-admin' };
  }
  const answer = {
    code: failure.code,
    message: failure.message,
    ...(policyError === undefined ? {} : { policyError }),
  };
  const reason = flavour.refusal(answer);
  if (reason) return { outcome: 'refused', reason, code: codeOf(answer.code, policyError) };
  if (failure.code === 20) return 'busy';
  return { outcome: 'failed', code: flavour.failureCode(answer) ?? failureCode(failure) };
}

const codeOf = (code: number, policyError: number | undefined): string =>
  policyError === undefined ? `ldap-${code}` : `ldap-${code}-${policyError}`;
