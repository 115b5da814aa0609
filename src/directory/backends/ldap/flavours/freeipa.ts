import type { PasswordRefusal } from '../../../contract.ts';
import { suffixOf } from '../dn-key.ts';
import { numberOf, textOf } from '../entry.ts';
import { generalizedTime, toGeneralizedTime } from '../times.ts';
import type { Flavour } from './flavour.ts';
import { BY_CONTROL } from './openldap.ts';

/**
 * FreeIPA (389 Directory Server with Kerberos). Written from its documentation and tested as tables;
 * not run against a server.
 */
export const freeipa: Flavour = {
  name: 'freeipa',
  people: (base) => ({
    base: `cn=users,cn=accounts,${base}`,
    filter: '(objectClass=posixAccount)',
    login: ['uid'],
    mail: ['mail'],
    name: ['displayName', 'cn'],
    language: 'preferredLanguage',
  }),
  privilegedGroups: (base) => [
    `cn=admins,cn=groups,cn=accounts,${suffixOf(base)}`,
    `cn=trust admins,cn=groups,cn=accounts,${suffixOf(base)}`,
  ],
  // IPA keeps memberOf complete, groups in groups included.
  membership: 'entry',
  attributes: [
    'nsAccountLock',
    'memberOf',
    'krbLastPwdChange',
    'krbPasswordExpiration',
    'krbPrincipalExpiration',
    'krbLoginFailedCount',
    'krbLastFailedAuth',
    'krbLastAdminUnlock',
  ],
  stateOf(entry, rules, now) {
    const at = (attribute: string) => generalizedTime(textOf(entry, attribute));
    const failedAt = at('krbLastFailedAuth') ?? 0;
    const lockEnds = rules.lockForMs === 0 ? Number.POSITIVE_INFINITY : failedAt + rules.lockForMs;
    const changedAt = at('krbLastPwdChange');
    const expiresAt = at('krbPasswordExpiration');
    return {
      disabled:
        textOf(entry, 'nsAccountLock')?.toUpperCase() === 'TRUE' ||
        (at('krbPrincipalExpiration') ?? Number.POSITIVE_INFINITY) <= now,
      // An admin who wants to keep somebody out disables the account; there is no other lock.
      lockedByAdmin: false,
      locked:
        (numberOf(entry, 'krbLoginFailedCount') ?? 0) >= rules.lockAfter &&
        (at('krbLastAdminUnlock') ?? 0) <= failedAt &&
        lockEnds > now,
      ...(changedAt === undefined ? {} : { passwordChangedAt: changedAt }),
      ...(expiresAt === undefined ? {} : { passwordExpiresAt: expiresAt }),
    };
  },
  isPrivileged: () => false,
  setPassword: () => ({ by: 'password-modify' }),
  // What anybody else than the person sets is expired at once; this person chose it themselves.
  afterwards(entry, rules, now) {
    const expiresAt = generalizedTime(textOf(entry, 'krbPasswordExpiration'));
    if (expiresAt === undefined || expiresAt > now || rules.passwordMaxAgeMs === undefined) return [];
    return [
      { attribute: 'krbPasswordExpiration', values: [toGeneralizedTime(now + rules.passwordMaxAgeMs)] },
    ];
  },
  // What `ipa user-unlock` does.
  unlock: (now) => [
    { attribute: 'krbLastAdminUnlock', values: [toGeneralizedTime(now)] },
    { attribute: 'krbLoginFailedCount', values: ['0'] },
  ],
  refusal({ code, message, policyError }) {
    if (policyError !== undefined && policyError in BY_CONTROL) return BY_CONTROL[policyError];
    if (code !== 19) return undefined;
    return BY_TEXT.find(([pattern]) => pattern.test(message))?.[1] ?? 'too-weak';
  },
  isRightButExpired: ({ code, message, policyError }) =>
    (code === 49 || code === 53) && (policyError === 0 || /password.*expired/i.test(message)),
  failureCode: ({ policyError }) => (policyError === 4 ? 'needs-old-password' : undefined),
};

/** FreeIPA's words where no control came with them. */
const BY_TEXT: readonly (readonly [RegExp, PasswordRefusal])[] = [
  [/too soon/i, 'too-soon'],
  [/too short/i, 'too-short'],
  [/reuse not permitted|already (?:been )?used|in history/i, 'in-history'],
];
