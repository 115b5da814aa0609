import type { PasswordRefusal } from '../../../contract.ts';
import { suffixOf } from '../dn-key.ts';
import { type LdapEntry, numberOf, textOf } from '../entry.ts';
import { fileTime } from '../times.ts';
import type { Answer, Flavour } from './flavour.ts';

/** Bits of userAccountControl (MS-ADTS 2.2.16). */
const ACCOUNT_DISABLED = 0x2;
const LOCKED_OUT = 0x10;
/** Well-known groups that can be somebody's primary group, which memberOf leaves out: Domain and Enterprise Admins, … */
const PRIVILEGED_PRIMARY_GROUPS: readonly number[] = [512, 516, 518, 519, 520, 521];

/**
 * Active Directory, Microsoft's or Samba's. Run against Samba 4.17 (`TEST_SAMBA=1`); Microsoft's only as MS-ADTS
 * describes it. The previous password goes on working for a while (OldPasswordAllowedPeriod), and Samba 4.17 does
 * not look at the history when somebody else than the person sets one.
 */
export const ad: Flavour = {
  name: 'ad',
  people: (base) => ({
    base,
    filter: '(&(objectCategory=person)(objectClass=user))',
    login: ['sAMAccountName', 'userPrincipalName'],
    mail: ['mail'],
    name: ['displayName', 'cn'],
    language: 'preferredLanguage',
  }),
  privilegedGroups: (base) => [
    ...['Domain Admins', 'Enterprise Admins', 'Schema Admins'].map(
      (name) => `CN=${name},CN=Users,${suffixOf(base)}`,
    ),
    ...['Administrators', 'Account Operators', 'Server Operators', 'Backup Operators', 'Print Operators'].map(
      (name) => `CN=${name},CN=Builtin,${suffixOf(base)}`,
    ),
  ],
  membership: 'in-chain',
  attributes: [
    'userAccountControl',
    'msDS-User-Account-Control-Computed',
    'msDS-UserPasswordExpiryTimeComputed',
    'accountExpires',
    'lockoutTime',
    'pwdLastSet',
    'adminCount',
    'primaryGroupID',
  ],
  stateOf(entry, _rules, now) {
    const changedAt = fileTime(textOf(entry, 'pwdLastSet'));
    const expiresAt = fileTime(textOf(entry, 'msDS-UserPasswordExpiryTimeComputed'));
    const mustChange = textOf(entry, 'pwdLastSet') === '0';
    const control = numberOf(entry, 'userAccountControl') ?? 0;
    return {
      disabled:
        (control & ACCOUNT_DISABLED) !== 0 ||
        (fileTime(textOf(entry, 'accountExpires')) ?? Number.POSITIVE_INFINITY) <= now,
      // An admin who wants to keep somebody out disables the account; there is no other lock.
      lockedByAdmin: false,
      locked: isLocked(entry),
      ...(changedAt === undefined ? {} : { passwordChangedAt: changedAt }),
      ...(mustChange
        ? { passwordExpiresAt: 0 }
        : expiresAt === undefined
          ? {}
          : { passwordExpiresAt: expiresAt }),
    };
  },
  isPrivileged: (entry) =>
    // Microsoft sets it on everybody whom a protected group reaches, whatever its language; Samba does not.
    numberOf(entry, 'adminCount') === 1 ||
    PRIVILEGED_PRIMARY_GROUPS.includes(numberOf(entry, 'primaryGroupID') ?? 0),
  setPassword: (password, entry) => ({
    by: 'modify',
    replace: [
      // MS-ADTS 3.1.1.3.1.5: in quotation marks, UTF-16 little-endian, only over an encrypted connection.
      { attribute: 'unicodePwd', values: [Buffer.from(`"${password}"`, 'utf16le')] },
      // A new password does not end a lock-out by itself.
      ...(isLocked(entry) ? [{ attribute: 'lockoutTime', values: ['0'] }] : []),
    ],
  }),
  afterwards: (entry) =>
    textOf(entry, 'pwdLastSet') === '0' ? [{ attribute: 'pwdLastSet', values: ['-1'] }] : [],
  unlock: () => [{ attribute: 'lockoutTime', values: ['0'] }],
  refusal(answer) {
    // 0000052D: a rule of the domain. Microsoft does not say which one; Samba does, in words.
    if (!winError(answer, '0000052D')) return undefined;
    return BY_TEXT.find(([pattern]) => pattern.test(answer.message))?.[1] ?? 'too-weak';
  },
  // 532: expired, 773: must be changed. Both are said only to who knows the password.
  isRightButExpired: ({ code, message }) => code === 49 && /\bdata (?:532|773)\b/i.test(message),
  failureCode(answer) {
    if (answer.code === 53 && !winError(answer, '0000052D')) return 'needs-tls';
    return winError(answer, '00000005') ? 'no-rights' : undefined;
  },
};

const winError = ({ message }: Answer, hex: string): boolean => message.toUpperCase().includes(hex);

/** The computed attribute knows when a lock-out has passed; lockoutTime alone stays until the next sign-in. */
function isLocked(entry: LdapEntry): boolean {
  const computed = numberOf(entry, 'msDS-User-Account-Control-Computed');
  if (computed !== undefined) return (computed & LOCKED_OUT) !== 0;
  return (numberOf(entry, 'lockoutTime') ?? 0) > 0;
}

const BY_TEXT: readonly (readonly [RegExp, PasswordRefusal])[] = [
  [/too short/i, 'too-short'],
  [/in history|already used/i, 'in-history'],
  [/too (?:young|soon|recent)|minimum password age/i, 'too-soon'],
];
