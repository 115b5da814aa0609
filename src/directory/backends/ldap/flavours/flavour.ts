import type { PasswordRefusal } from '../../../contract.ts';
import type { LdapEntry } from '../entry.ts';

/** Where people are and which attributes tell about them. */
export interface People {
  readonly base: string;
  readonly filter: string;
  readonly login: readonly string[];
  readonly mail: readonly string[];
  readonly name: readonly string[];
  readonly language: string;
}

/** What an entry says about whether and how long its password may be used. */
export interface AccountState {
  readonly disabled: boolean;
  /** Also true when locked by an admin. */
  readonly locked: boolean;
  readonly lockedByAdmin: boolean;
  readonly passwordChangedAt?: number;
  readonly passwordExpiresAt?: number;
}

/** What the rules of the directory are, as far as it does not tell by itself. */
export interface Rules {
  readonly lockAfter: number;
  readonly lockForMs: number;
  /** Undefined where passwords do not expire, or nobody knows when. */
  readonly passwordMaxAgeMs?: number;
}

/** Replaces all values; none removes the attribute. */
export interface Replacement {
  readonly attribute: string;
  readonly values: readonly (string | Buffer)[];
}

export type PasswordOperation =
  /** RFC 3062. */
  { readonly by: 'password-modify' } | { readonly by: 'modify'; readonly replace: readonly Replacement[] };

/** A result code that is not success, with everything that came with it. */
export interface Answer {
  readonly code: number;
  readonly message: string;
  /** Error of the password policy control (draft-behera-ldap-password-policy-10). */
  readonly policyError?: number;
}

/** How one kind of directory differs from the others. Pure: entries in, decisions out. */
export interface Flavour {
  readonly name: 'openldap' | 'freeipa' | 'ad';
  people(base: string): People;
  privilegedGroups(base: string): readonly string[];
  /** How membership of a privileged group is found: down from the group, in the entry, or by the server's own rule. */
  readonly membership: 'walk' | 'entry' | 'in-chain';
  /** Attributes that `stateOf`, `isPrivileged`, `afterwards` and `unlock` need. */
  readonly attributes: readonly string[];
  stateOf(entry: LdapEntry, rules: Rules, now: number): AccountState;
  /** Privileged whatever the groups are. */
  isPrivileged(entry: LdapEntry): boolean;
  setPassword(password: string, entry: LdapEntry): PasswordOperation;
  /** What is left to do once the password is set, so that it is a normal password. */
  afterwards(entry: LdapEntry, rules: Rules, now: number): readonly Replacement[];
  unlock(now: number): readonly Replacement[];
  /** RFC 4515 filter that must hold at the very moment of the unlock, where the server can promise that (RFC 4528). */
  readonly unlockOnlyIf?: string;
  /** Why a password was refused; undefined when the answer is about something else. */
  refusal(answer: Answer): PasswordRefusal | undefined;
  /** A refused bind that is refused although the password is right (it is expired, or must be changed). */
  isRightButExpired(answer: Answer): boolean;
  /** A stable word for an answer that only this flavour understands. */
  failureCode(answer: Answer): string | undefined;
}
