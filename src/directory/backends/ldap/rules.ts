import type { Clock } from '../../../lib/clock.ts';
import { type LdapEntry, numberOf, textOf } from './entry.ts';
import type { Rules } from './flavours/flavour.ts';
import type { Reader } from './reader.ts';
import type { LdapSettings } from './settings.ts';

const KEPT_MS = 60_000;

/** The rules that hold for an entry: OpenLDAP keeps them in policy entries, the others are told in the settings. */
export function createRules(reader: Reader, settings: LdapSettings, clock: Clock) {
  const known = new Map<string, { readonly at: number; readonly rules: Promise<Rules> }>();
  const told: Rules = {
    lockAfter: settings.lockAfter,
    lockForMs: settings.lockForMs,
    passwordMaxAgeMs: settings.passwordMaxAgeMs,
  };

  async function read(dn: string): Promise<Rules> {
    const [policy] = await reader.search({
      base: dn,
      scope: 'base',
      filter: '(objectClass=*)',
      attributes: ['pwdMaxAge', 'pwdLockoutDuration'],
      most: 1,
    });
    return policyRules(policy);
  }

  return async (entry: LdapEntry): Promise<Rules> => {
    if (settings.flavour.name !== 'openldap') return told;
    const dn = textOf(entry, 'pwdPolicySubentry') ?? settings.passwordPolicy;
    if (dn === undefined) return policyRules(undefined);
    const now = clock.now();
    const kept = known.get(dn);
    if (kept && now - kept.at < KEPT_MS) return await kept.rules;
    const rules = read(dn);
    known.set(dn, { at: now, rules });
    rules.catch(() => known.delete(dn));
    return await rules;
  };
}

/** Without knowledge of the policy a lock is taken to last: better unlocked once too often than overlooked. */
export function policyRules(policy: LdapEntry | undefined): Rules {
  const seconds = (attribute: string): number => (policy && numberOf(policy, attribute)) ?? 0;
  const maxAge = seconds('pwdMaxAge');
  return {
    lockAfter: 0,
    lockForMs: seconds('pwdLockoutDuration') * 1_000,
    ...(maxAge > 0 ? { passwordMaxAgeMs: maxAge * 1_000 } : {}),
  };
}
