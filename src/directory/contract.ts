import type { Lang } from '../lib/lang.ts';

export interface DirectoryPerson {
  /** The directory's own id (DN or row id): all limits and locks are decided on it. */
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly mails: readonly string[];
  readonly lang?: Lang;
  readonly disabled: boolean;
  readonly locked: boolean;
  readonly lockedByAdmin: boolean;
  readonly privileged: boolean;
  readonly passwordChangedAt?: number;
  readonly passwordExpiresAt?: number;
}

/** Why a directory refused a new password; each has words in four languages as `recovery.refused.<reason>`. */
export type PasswordRefusal = 'too-short' | 'too-weak' | 'in-history' | 'too-soon' | 'not-allowed' | 'other';

export type SetPasswordResult =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'refused'; readonly reason: PasswordRefusal; readonly code?: string }
  | { readonly outcome: 'failed'; readonly code: string }
  /** A time-out: it may or may not have happened. Reconcile by `passwordChangedAt`, never repeat blindly. */
  | { readonly outcome: 'unknown'; readonly code: string };

/** `expired`: it is the right one, but the directory wants a new one before it lets the person in. */
export type VerifyResult = 'ok' | 'wrong' | 'expired' | 'locked' | 'disabled' | 'unavailable';

/** The organisation's people. One contract suite (`test/directory`) runs against every backend. */
export interface Directory {
  /** Which backend and flavour, for evidence: `local`, `ldap:openldap`. */
  readonly name: string;
  /** By login or mail address. 0 or 2+ hits are normal answers. Throws DirectoryUnavailable. */
  find(identifier: string): Promise<readonly DirectoryPerson[]>;
  /** The state now, read fresh; undefined when gone. */
  byId(id: string): Promise<DirectoryPerson | undefined>;
  setPassword(id: string, password: string): Promise<SetPasswordResult>;
  /** Bind as the person: the only proof that a password works. Takes equal time for unknown ids. */
  verifyPassword(id: string | undefined, password: string): Promise<VerifyResult>;
  unlock(id: string): Promise<SetPasswordResult>;
}

export class DirectoryUnavailable extends Error {
  override readonly name = 'DirectoryUnavailable';
}
