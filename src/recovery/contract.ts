import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Db, Tx } from '../db/db.ts';
import type { Directory } from '../directory/contract.ts';
import type { Jobs } from '../jobs/contract.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import type { Lang } from '../lib/lang.ts';
import type { Notify, NotifyOutcomes } from '../notify/contract.ts';
import type { TicketDesk } from '../tickets/contract.ts';
import type { RuleRefusal } from './password-rules.ts';
import type { Purpose } from './schema.ts';

export interface RecoveryDeps {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<Config, 'org' | 'baseUrl'>;
  readonly directory: Directory;
  readonly notify: Notify & NotifyOutcomes;
  readonly tickets: TicketDesk;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
  /** Ends every session of this person. */
  readonly endSessions: (login: string) => Promise<unknown>;
  /** The second factor of those who have one: the mail alone does not open their account. */
  readonly secondFactor: {
    has(login: string): Promise<boolean>;
    /** Uses the code up. */
    check(login: string, code: string): Promise<boolean>;
  };
  /** Longest random pause before the mail is written, so that its time tells nothing. Default 1.5 s. */
  readonly jitterMs?: number;
}

/** Where a person is in the flow, as far as their cookie may know. */
export type Step =
  | { readonly step: 'ask' }
  /** The same for every request until its code is right, whether the account exists or not. */
  | { readonly step: 'code'; readonly purpose: Purpose }
  /** Proved by mail; the second factor is still to come. */
  | { readonly step: 'factor'; readonly purpose: Purpose }
  | {
      readonly step: 'password';
      readonly purpose: Purpose;
      readonly login: string;
      readonly name: string;
      readonly expiresAt: number;
      readonly minLength: number;
    }
  | { readonly step: 'working'; readonly purpose: Purpose }
  | { readonly step: 'done'; readonly purpose: Purpose; readonly login: string }
  /** It could not be done here; people are on it. */
  | { readonly step: 'handed-over'; readonly ticket: string | null };

/** Words: `recovery.refused.<reason>`. */
export type RefusedReason = RuleRefusal | 'too-weak' | 'in-history' | 'too-soon' | 'not-allowed' | 'other';

export type SetResult =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'refused'; readonly reason: RefusedReason; readonly triesLeft: number }
  /** The directory did not take it, nothing has changed; another try may work. */
  | { readonly outcome: 'failed' }
  /** Nobody knows yet; it is being found out. */
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'handed-over'; readonly ticket: string | null };

export interface Asked {
  readonly identifier: string;
  readonly lang: Lang;
  readonly purpose?: Purpose;
  readonly ip: string;
}

/** Cookie values are handed in and out bare; `cookie.ts` knows their name and attributes. */
export interface Recovery {
  /** Always the same work and answer. Throws `recovery.too-many` only for the limits of the address that asks. */
  ask(asked: Asked): Promise<{ readonly cookie: string }>;
  look(cookie: string | undefined): Promise<Step>;
  proveByCode(cookie: string | undefined, code: string, ip: string): Promise<void>;
  /** From any browser. The one that asked can do nothing more; the new cookie belongs to who has the mail. */
  proveByToken(token: string, ip: string): Promise<{ readonly cookie: string }>;
  /** A code of the app, or a saved one, from people who have a second factor. */
  proveFactor(cookie: string | undefined, code: string, ip: string): Promise<void>;
  setPassword(cookie: string | undefined, password: string): Promise<SetResult>;
  unlock(cookie: string | undefined): Promise<SetResult>;
  /** "This was not me": the account's self-service rests for a day, an agent is told. */
  report(token: string, ip: string): Promise<void>;
  /** "I am still stuck": opens a ticket from what is known, once per request. The same answer for everybody. */
  stuck(cookie: string | undefined, ip: string): Promise<void>;
  /** A mail with the user name to the address it belongs to. The same answer for everybody. */
  remindUsername(asked: Asked): Promise<void>;
  tidy(): Promise<void>;
  /** For pages, which cannot import it: finds our cookie in a Cookie header, makes a complete Set-Cookie line. */
  readonly cookie: {
    read(header: string | null): string | undefined;
    line(value: string): string;
  };
  /** May this be asked for at all? Says nothing about accounts. */
  isIdentifier(text: string): boolean;
}
