import type { Role, Who } from '../lib/who.ts';
import type { PersonRow, SessionRow } from './store.ts';

/** The browser that asks: its headers (cookies, user agent) and its address as the edge found it. */
export interface Visit {
  readonly headers: Headers;
  readonly ip: string;
}

/** `cookies` are complete Set-Cookie lines for the answer. */
export type SignInResult =
  | { readonly outcome: 'signed-in'; readonly cookies: readonly string[]; readonly home: string }
  /** The code of the second factor is still to come. */
  | { readonly outcome: 'second-factor'; readonly cookies: readonly string[] }
  /** Signed in, but without any right until a second factor is set up. */
  | { readonly outcome: 'must-enrol'; readonly cookies: readonly string[] }
  /** The same answer for a wrong password, an unknown, a locked and a disabled account, a used link. */
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'too-many'; readonly retryAfterS: number }
  | { readonly outcome: 'unavailable' };

export interface Enrolment {
  /** otpauth:// address for the authenticator app, and its key for typing. */
  readonly uri: string;
  readonly key: string;
  /** Drawing of the address, as SVG. */
  readonly qr: string;
  /** Shown once, at the beginning; each replaces a code once. */
  readonly recoveryCodes: readonly string[];
}

export type SecondFactorResult =
  | { readonly outcome: 'signed-in'; readonly cookies: readonly string[]; readonly home: string }
  | { readonly outcome: 'wrong' }
  /** Too many wrong codes, or too late: begin again with the password. */
  | { readonly outcome: 'start-again' };

export interface Access {
  /** Anonymous for no session, a lapsed one, and one that still lacks its second factor. */
  whoIs(headers: Headers): Promise<Who>;
  signIn(input: { login: string; password: string }, visit: Visit): Promise<SignInResult>;
  signInByLink(secret: string, visit: Visit): Promise<SignInResult>;
  /** A one-time sign-in link, good for 15 minutes. Undefined when the directory has no such person. */
  createLink(login: string, by: string): Promise<string | undefined>;
  /**
   * For the console at the start: a link for the first admin, in sample mode always, else until one of the
   * admins has signed in for the first time.
   */
  firstAdminLink(): Promise<string | undefined>;
  hasAdmin(): Promise<boolean>;
  /** What the second-factor page has to ask for. */
  secondFactorNeed(visit: Visit): Promise<'code' | 'enrol' | 'nothing'>;
  beginEnrolment(visit: Visit): Promise<Enrolment | undefined>;
  /** The enrolment that is under way, without the recovery codes; for showing it again after a wrong code. */
  currentEnrolment(visit: Visit): Promise<Enrolment | undefined>;
  confirmEnrolment(code: string, visit: Visit): Promise<SecondFactorResult>;
  /** A code of the app, or one of the recovery codes. */
  enterCode(code: string, visit: Visit): Promise<SecondFactorResult>;
  /** For account recovery, where there is no session: has this person one, and is this code it? */
  hasSecondFactor(login: string): Promise<boolean>;
  /** Uses the code up. Trying is limited by who asks. */
  checkSecondFactor(login: string, code: string): Promise<boolean>;
  signOut(visit: Visit): Promise<readonly string[]>;
  /** One's own sessions; `current` is the one that asks. */
  mySessions(who: Who, visit: Visit): Promise<readonly (SessionRow & { readonly current: boolean })[]>;
  endMySession(who: Who, id: string): Promise<boolean>;
  /** All sessions of a person, for recovery; returns how many there were. */
  endSessions(login: string): Promise<number>;
  /** The following are for admins and check that. */
  people(who: Who): Promise<readonly PersonRow[]>;
  grant(who: Who, login: string, role: Role): Promise<boolean>;
  revoke(who: Who, login: string, role: Role): Promise<boolean>;
  sessions(who: Who): Promise<readonly SessionRow[]>;
  endSession(who: Who, id: string): Promise<boolean>;
  /** Removes the second factor of somebody who lost it; the next sign-in sets up a new one. */
  resetSecondFactor(who: Who, login: string): Promise<boolean>;
  /** By the clock: removes what has lapsed. */
  cleanUp(): Promise<void>;
}
