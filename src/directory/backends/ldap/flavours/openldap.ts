import type { PasswordRefusal } from '../../../contract.ts';
import { numberOf, textOf, textsOf } from '../entry.ts';
import { generalizedTime } from '../times.ts';
import type { Flavour } from './flavour.ts';

/** An admin's lock without an end (slapo-ppolicy(5), pwdAccountLockedTime). */
const FOR_EVER = '000001010000Z';
const DAY_MS = 86_400_000;

/** slapd with the ppolicy overlay; run against slapd 2.5. */
export const openldap: Flavour = {
  name: 'openldap',
  people: (base) => ({
    base,
    filter: '(objectClass=inetOrgPerson)',
    login: ['uid'],
    mail: ['mail'],
    name: ['displayName', 'cn'],
    language: 'preferredLanguage',
  }),
  privilegedGroups: () => [],
  membership: 'walk',
  attributes: [
    'pwdAccountLockedTime',
    'pwdAccountTmpLockoutEnd',
    'pwdChangedTime',
    'pwdReset',
    'pwdStartTime',
    'pwdEndTime',
    'pwdPolicySubentry',
    'shadowExpire',
  ],
  stateOf(entry, rules, now) {
    const at = (attribute: string) => generalizedTime(textOf(entry, attribute));
    const changedAt = at('pwdChangedTime');
    const expiredDay = numberOf(entry, 'shadowExpire') ?? -1;
    const lockedByAdmin = textsOf(entry, 'pwdAccountLockedTime').includes(FOR_EVER);
    const lockedAt = at('pwdAccountLockedTime');
    const lockedFor = rules.lockForMs === 0 ? Number.POSITIVE_INFINITY : rules.lockForMs;
    return {
      disabled:
        (at('pwdStartTime') ?? now) > now ||
        (at('pwdEndTime') ?? Number.POSITIVE_INFINITY) <= now ||
        (expiredDay >= 0 && expiredDay * DAY_MS <= now),
      lockedByAdmin,
      locked:
        lockedByAdmin ||
        (lockedAt !== undefined && lockedAt + lockedFor > now) ||
        (at('pwdAccountTmpLockoutEnd') ?? 0) > now,
      ...(changedAt === undefined ? {} : { passwordChangedAt: changedAt }),
      ...(changedAt === undefined || rules.passwordMaxAgeMs === undefined
        ? {}
        : { passwordExpiresAt: changedAt + rules.passwordMaxAgeMs }),
    };
  },
  isPrivileged: () => false,
  setPassword: () => ({ by: 'password-modify' }),
  // The policy marks what somebody else set as "must be changed"; here the person chose it themselves.
  afterwards: (entry) =>
    textOf(entry, 'pwdReset') === 'TRUE' ? [{ attribute: 'pwdReset', values: [] }] : [],
  unlock: () => [{ attribute: 'pwdAccountLockedTime', values: [] }],
  unlockOnlyIf: `(!(pwdAccountLockedTime=${FOR_EVER}))`,
  refusal: ({ code, policyError }) =>
    policyError !== undefined && policyError in BY_CONTROL
      ? BY_CONTROL[policyError]
      : code === 19
        ? 'too-weak'
        : undefined,
  isRightButExpired: ({ code, policyError }) => code === 49 && policyError === 0,
  failureCode: ({ policyError, message }) => {
    if (policyError === 4) return 'needs-old-password';
    return /shadow context/i.test(message) ? 'read-only-replica' : undefined;
  },
};

/** Errors of draft-behera-ldap-password-policy-10, 6.2; 9 (too long) is OpenLDAP's own. */
export const BY_CONTROL: Readonly<Record<number, PasswordRefusal>> = {
  3: 'not-allowed',
  5: 'too-weak',
  6: 'too-short',
  7: 'too-soon',
  8: 'in-history',
  9: 'other',
};
