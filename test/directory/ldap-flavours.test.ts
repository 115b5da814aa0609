import { describe, expect, test } from 'vitest';
import { dnKey } from '../../src/directory/backends/ldap/dn-key.ts';
import type { LdapEntry } from '../../src/directory/backends/ldap/entry.ts';
import { ldapEntry } from '../../src/directory/backends/ldap/entry.ts';
import { ad } from '../../src/directory/backends/ldap/flavours/ad.ts';
import type { AccountState, Answer, Flavour } from '../../src/directory/backends/ldap/flavours/flavour.ts';
import { freeipa } from '../../src/directory/backends/ldap/flavours/freeipa.ts';
import { openldap } from '../../src/directory/backends/ldap/flavours/openldap.ts';
import { inChainFilter, isNamedIn } from '../../src/directory/backends/ldap/privileged.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;
const RULES = { lockAfter: 6, lockForMs: 10 * 60_000, passwordMaxAgeMs: 90 * 24 * HOUR };

const entryOf = (attributes: Readonly<Record<string, string | string[]>>): LdapEntry =>
  ldapEntry({ dn: 'cn=somebody,dc=example,dc=org', ...attributes });

/** Epoch milliseconds as Active Directory writes them. */
const fileTimeOf = (at: number): string => String((BigInt(at) + 11_644_473_600_000n) * 10_000n);

type StateRow = readonly [string, Readonly<Record<string, string | string[]>>, Partial<AccountState>];
const checkStates = (flavour: Flavour, rows: readonly StateRow[]): void => {
  test.each(rows)('%s', (_name, attributes, expected) => {
    expect(flavour.stateOf(entryOf(attributes), RULES, NOW)).toMatchObject({
      disabled: false,
      locked: false,
      lockedByAdmin: false,
      ...expected,
    });
  });
};

describe('OpenLDAP: what an entry says', () => {
  checkStates(openldap, [
    ['nothing', {}, {}],
    ['locked a minute ago', { pwdAccountLockedTime: '20261122115900Z' }, { locked: true }],
    ['locked an hour ago, for ten minutes', { pwdAccountLockedTime: '20261122110000Z' }, {}],
    ['locked by an admin', { pwdAccountLockedTime: '000001010000Z' }, { locked: true, lockedByAdmin: true }],
    ['locked for a moment', { pwdAccountTmpLockoutEnd: '20261122120001Z' }, { locked: true }],
    ['no longer', { pwdEndTime: '20261122115959Z' }, { disabled: true }],
    ['not yet', { pwdStartTime: '20261122120001Z' }, { disabled: true }],
    ['expired as a Unix account', { shadowExpire: '20000' }, { disabled: true }],
    ['a Unix account without an end', { shadowExpire: '-1' }, {}],
    [
      'changed, in another writing of attribute names and with fractions',
      { PWDCHANGEDTIME: '20261122110000.5Z' },
      { passwordChangedAt: NOW - HOUR + 500, passwordExpiresAt: NOW - HOUR + 500 + RULES.passwordMaxAgeMs },
    ],
  ]);
});

describe('FreeIPA (tables only, not run against a server)', () => {
  checkStates(freeipa, [
    ['nothing', {}, {}],
    ['disabled', { nsAccountLock: 'TRUE' }, { disabled: true }],
    ['enabled again', { nsAccountLock: 'FALSE' }, {}],
    ['its principal has expired', { krbPrincipalExpiration: '20260101000000Z' }, { disabled: true }],
    ['locked', { krbLoginFailedCount: '6', krbLastFailedAuth: '20261122115500Z' }, { locked: true }],
    ['one try before the lock', { krbLoginFailedCount: '5', krbLastFailedAuth: '20261122115500Z' }, {}],
    ['the lock has passed', { krbLoginFailedCount: '6', krbLastFailedAuth: '20261122114959Z' }, {}],
    [
      'unlocked by an admin since',
      {
        krbLoginFailedCount: '6',
        krbLastFailedAuth: '20261122115500Z',
        krbLastAdminUnlock: '20261122115600Z',
      },
      {},
    ],
    [
      'when it was changed and ends',
      { krbLastPwdChange: '20261122110000Z', krbPasswordExpiration: '20261122130000Z' },
      { passwordChangedAt: NOW - HOUR, passwordExpiresAt: NOW + HOUR },
    ],
  ]);

  test('what somebody else set is expired at once, so its end is set again', () => {
    expect(freeipa.afterwards(entryOf({ krbPasswordExpiration: '20261122115959Z' }), RULES, NOW)).toEqual([
      { attribute: 'krbPasswordExpiration', values: ['20270220120000Z'] },
    ]);
    expect(freeipa.afterwards(entryOf({ krbPasswordExpiration: '20270101000000Z' }), RULES, NOW)).toEqual([]);
  });

  test('unlocks as `ipa user-unlock` does, and never touches nsAccountLock', () => {
    expect(freeipa.unlock(NOW)).toEqual([
      { attribute: 'krbLastAdminUnlock', values: ['20261122120000Z'] },
      { attribute: 'krbLoginFailedCount', values: ['0'] },
    ]);
    expect(freeipa.setPassword('x', entryOf({}))).toEqual({ by: 'password-modify' });
  });

  test('knows the groups of an entry, however they are written', () => {
    const groups = freeipa.privilegedGroups('dc=example,dc=org');
    expect(isNamedIn(['CN=Admins, cn=groups,cn=accounts,DC=example,DC=org'], groups)).toBe(true);
    expect(isNamedIn(['cn=ipausers,cn=groups,cn=accounts,dc=example,dc=org'], groups)).toBe(false);
  });
});

describe('Active Directory (Samba’s is run in test/samba, Microsoft’s is tables only)', () => {
  const never = '9223372036854775807';
  checkStates(ad, [
    ['nothing', { userAccountControl: '512', accountExpires: never, lockoutTime: '0' }, {}],
    ['disabled', { userAccountControl: '514' }, { disabled: true }],
    ['expired', { accountExpires: fileTimeOf(NOW - 1) }, { disabled: true }],
    ['expires later', { accountExpires: fileTimeOf(NOW + HOUR) }, {}],
    ['never expires, the other way', { accountExpires: '0' }, {}],
    ['locked', { lockoutTime: fileTimeOf(NOW - 1) }, { locked: true }],
    [
      'locked once, but no longer',
      { lockoutTime: fileTimeOf(NOW - 1), 'msDS-User-Account-Control-Computed': '0' },
      {},
    ],
    [
      'locked, as the directory computes it',
      { 'msDS-User-Account-Control-Computed': '16' },
      { locked: true },
    ],
    [
      'when it was changed and ends',
      { pwdLastSet: fileTimeOf(NOW - HOUR), 'msDS-UserPasswordExpiryTimeComputed': fileTimeOf(NOW + HOUR) },
      { passwordChangedAt: NOW - HOUR, passwordExpiresAt: NOW + HOUR },
    ],
    [
      'must be changed',
      { pwdLastSet: '0', 'msDS-UserPasswordExpiryTimeComputed': '0' },
      { passwordExpiresAt: 0 },
    ],
  ]);

  test('never ends is no end', () => {
    const state = ad.stateOf(entryOf({ 'msDS-UserPasswordExpiryTimeComputed': never }), RULES, NOW);
    expect(state).not.toHaveProperty('passwordExpiresAt');
  });

  test('a password goes as UTF-16 in quotation marks, and ends a lock-out', () => {
    const set = ad.setPassword('ключ ☂', entryOf({ lockoutTime: '1' }));
    expect(set).toEqual({
      by: 'modify',
      replace: [
        { attribute: 'unicodePwd', values: [Buffer.from('"ключ ☂"', 'utf16le')] },
        { attribute: 'lockoutTime', values: ['0'] },
      ],
    });
    expect(ad.setPassword('x', entryOf({}))).toMatchObject({ replace: [{ attribute: 'unicodePwd' }] });
  });

  test('what must be changed need not be any more; a normal one is left alone', () => {
    expect(ad.afterwards(entryOf({ pwdLastSet: '0' }), RULES, NOW)).toEqual([
      { attribute: 'pwdLastSet', values: ['-1'] },
    ]);
    expect(ad.afterwards(entryOf({ pwdLastSet: fileTimeOf(NOW) }), RULES, NOW)).toEqual([]);
    expect(ad.unlock(NOW)).toEqual([{ attribute: 'lockoutTime', values: ['0'] }]);
  });

  test.each([
    [{ adminCount: '1' }, true],
    [{ adminCount: '0', primaryGroupID: '513' }, false],
    [{ primaryGroupID: '512' }, true],
    [{}, false],
  ])('%j: privileged %s', (attributes, expected) => {
    expect(ad.isPrivileged(entryOf(attributes as Record<string, string>))).toBe(expected);
  });

  test('its own groups of administrators are found from wherever people are searched', () => {
    for (const base of ['DC=example,DC=test', 'OU=people, OU=a\\,DC=b,dc=example,DC=test'])
      expect(ad.privilegedGroups(base).map(dnKey)).toContain(
        dnKey('CN=Domain Admins,CN=Users,DC=example,DC=test'),
      );
  });

  test('groups in groups are the server’s business, and names of groups are values', () => {
    expect(inChainFilter(['CN=IT (All),DC=example,DC=org']).toString()).toBe(
      '(&(objectClass=*)(|(memberOf:1.2.840.113556.1.4.1941:=CN=IT \\28All\\29,DC=example,DC=org)))',
    );
  });
});

describe('why a password was refused', () => {
  const rows: readonly (readonly [Flavour, Answer, ReturnType<Flavour['refusal']>])[] = [
    [openldap, { code: 19, message: '', policyError: 5 }, 'too-weak'],
    [openldap, { code: 19, message: '', policyError: 6 }, 'too-short'],
    [openldap, { code: 19, message: '', policyError: 7 }, 'too-soon'],
    [openldap, { code: 19, message: '', policyError: 8 }, 'in-history'],
    [openldap, { code: 19, message: '', policyError: 9 }, 'other'],
    [openldap, { code: 19, message: '', policyError: 3 }, 'not-allowed'],
    [openldap, { code: 19, message: 'Password fails quality checking policy' }, 'too-weak'],
    [openldap, { code: 53, message: '', policyError: 4 }, undefined],
    [openldap, { code: 50, message: '' }, undefined],
    [freeipa, { code: 19, message: 'Password is too short' }, 'too-short'],
    [freeipa, { code: 19, message: 'Password reuse not permitted' }, 'in-history'],
    [freeipa, { code: 19, message: 'Too soon to change password' }, 'too-soon'],
    [freeipa, { code: 19, message: 'Password is too simple' }, 'too-weak'],
    [freeipa, { code: 19, message: '', policyError: 8 }, 'in-history'],
    [freeipa, { code: 50, message: 'Insufficient access rights' }, undefined],
    [
      ad,
      {
        code: 19,
        message: '0000052D: Constraint violation - check_password_restrictions: the password is too short.',
      },
      'too-short',
    ],
    [
      ad,
      { code: 19, message: '0000052D: Constraint violation - the password was already used (in history)!' },
      'in-history',
    ],
    [
      ad,
      { code: 19, message: '0000052D: Constraint violation - password is too young to change!' },
      'too-soon',
    ],
    [
      ad,
      { code: 53, message: '0000052d: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0' },
      'too-weak',
    ],
    [
      ad,
      { code: 53, message: '0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0' },
      undefined,
    ],
  ];
  test.each(rows.map(([flavour, answer, expected]) => [flavour.name, answer, expected, flavour] as const))(
    '%s: %j is %s',
    (_name, answer, expected, flavour) => {
      expect(flavour.refusal(answer)).toBe(expected);
    },
  );

  test.each([
    [openldap, { code: 53, message: '', policyError: 4 }, 'needs-old-password'],
    [openldap, { code: 53, message: 'shadow context; no update referral' }, 'read-only-replica'],
    [openldap, { code: 50, message: '' }, undefined],
    [freeipa, { code: 53, message: '', policyError: 4 }, 'needs-old-password'],
    [ad, { code: 53, message: '0000001F: SvcErr' }, 'needs-tls'],
    [ad, { code: 53, message: '00000005: SvcErr' }, 'needs-tls'],
    [
      ad,
      { code: 50, message: '00000005: SecErr: DSID-031A11ED, problem 4003 (INSUFF_ACCESS_RIGHTS)' },
      'no-rights',
    ],
  ] as const)('%#: a failure has its word', (flavour, answer, expected) => {
    expect(flavour.failureCode(answer)).toBe(expected);
  });
});

describe('a sign-in that fails although the password is right', () => {
  test.each([
    [openldap, { code: 49, message: '', policyError: 0 }, true],
    [openldap, { code: 49, message: '', policyError: 1 }, false],
    [openldap, { code: 49, message: '' }, false],
    [freeipa, { code: 49, message: 'Password is expired' }, true],
    [freeipa, { code: 49, message: 'Invalid credentials' }, false],
    [
      ad,
      {
        code: 49,
        message: '80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 773, v2580',
      },
      true,
    ],
    [
      ad,
      {
        code: 49,
        message: '80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 532, v2580',
      },
      true,
    ],
    [
      ad,
      {
        code: 49,
        message: '80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 52e, v2580',
      },
      false,
    ],
    [
      ad,
      {
        code: 49,
        message: '80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 775, v2580',
      },
      false,
    ],
  ] as const)('%#', (flavour, answer, expected) => {
    expect(flavour.isRightButExpired(answer)).toBe(expected);
  });
});
