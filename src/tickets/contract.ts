import type { Tx } from '../db/db.ts';
import type { Lang } from '../lib/lang.ts';
import type { TrailStep } from '../lib/trail-step.ts';
import type { Tier } from '../lib/who.ts';

export type Priority = 'P1' | 'P2' | 'P3' | 'P4';
/** How many it hits, and how soon it hurts: 1 is worst. Priority is a pure function of both. */
export type Level = 1 | 2 | 3;

export interface NewTicket {
  /** Idempotency: opening twice with the same key gives the same ticket. */
  readonly key: string;
  readonly summary: string;
  readonly description?: string;
  readonly lang: Lang;
  readonly channel: 'portal' | 'email' | 'chat' | 'phone' | 'onsite' | 'api' | 'monitor' | 'recovery' | 'fix';
  readonly service?: string;
  readonly requester?: { readonly login?: string; readonly name?: string; readonly email?: string };
  readonly impact: Level;
  readonly urgency: Level;
  readonly tier?: Tier;
  /** A cause code, for example `recovery.directory-failed`. */
  readonly cause?: string;
  readonly trail?: readonly TrailStep[];
  /** Machine-readable evidence; never passwords, tokens, links, cookies. */
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** Actor as in the audit trail. */
  readonly by: string;
  /** UTC ms from which clocks run; default now. */
  readonly since?: number;
}

export interface OpenedTicket {
  readonly id: string;
  /** What people see: `FL-1042`. */
  readonly number: string;
}

/** What other features may ask of tickets. */
export interface TicketDesk {
  open(tx: Tx, ticket: NewTicket): Promise<OpenedTicket>;
}
