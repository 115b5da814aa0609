import type { Tier } from '../lib/who.ts';
import type { Level, Priority } from './contract.ts';
import { priorityOf } from './priority.ts';
import type { Cause, Fact, Knowledge, State, TicketEvent, WaitingFor } from './schema.ts';

type Opened = Extract<Fact, { kind: 'opened' }>;

/** A ticket as it stands: nothing but its events, read from first to last. */
export interface Ticket {
  readonly opened: Omit<Opened, 'kind'>;
  readonly openedAt: number;
  /** From when clocks run: the request, which may be older than the ticket. */
  readonly since: number;
  readonly state: State;
  readonly waitingFor?: WaitingFor;
  readonly impact: Level;
  readonly urgency: Level;
  readonly priority: Priority;
  readonly tier: Tier;
  readonly assignee?: { readonly login: string; readonly name: string };
  readonly firstRespondedAt?: number;
  readonly restoredAt?: number;
  readonly solvedAt?: number;
  readonly closedAt?: number;
  readonly resolution?: { readonly cause: Cause; readonly knowledge: Knowledge; readonly text: string };
  readonly rating?: { readonly score: number; readonly comment: string };
  readonly reopened: number;
  readonly updatedAt: number;
  /** How many events it is made of. */
  readonly version: number;
}

/** Reopening is possible for this long after the last solving or closing. */
export const REOPEN_MS = 7 * 86_400_000;
/** A solved ticket closes by itself after this long without a word. */
export const CLOSE_MS = 3 * 86_400_000;

/** Events in order of `seq` → the ticket. Total: an event that makes no sense in a state changes nothing. */
export function replay(events: readonly TicketEvent[]): Ticket {
  const [first, ...rest] = events;
  if (first?.kind !== 'opened') throw new Error('a ticket begins with the event "opened"');
  const { kind: _kind, seq: _seq, at, by: _by, ...opened } = first;
  let ticket: Ticket = {
    opened,
    openedAt: at,
    since: Math.min(opened.since, at),
    state: 'new',
    impact: opened.impact,
    urgency: opened.urgency,
    priority: priorityOf(opened.impact, opened.urgency),
    tier: opened.tier,
    reopened: 0,
    updatedAt: at,
    version: first.seq,
  };
  for (const event of rest) ticket = { ...applied(ticket, event), updatedAt: event.at, version: event.seq };
  return ticket;
}

const isOver = (ticket: Ticket): boolean => ticket.state === 'solved' || ticket.state === 'closed';

function applied(ticket: Ticket, event: TicketEvent): Ticket {
  switch (event.kind) {
    case 'claimed':
      return { ...ticket, assignee: event.assignee, state: ticket.state === 'new' ? 'open' : ticket.state };
    case 'released':
      return without(ticket, 'assignee');
    case 'replied':
      return replied(ticket, event.from, event.at);
    case 'waiting':
      return isOver(ticket) ? ticket : { ...ticket, state: 'waiting', waitingFor: event.for };
    case 'resumed':
      return ticket.state === 'waiting' ? { ...without(ticket, 'waitingFor'), state: 'open' } : ticket;
    case 'restored':
      return { restoredAt: event.at, ...ticket };
    case 'prioritised':
      return {
        ...ticket,
        impact: event.impact,
        urgency: event.urgency,
        priority: priorityOf(event.impact, event.urgency),
      };
    case 'escalated':
      return { ...without(ticket, 'assignee'), tier: event.to };
    case 'solved':
      return {
        firstRespondedAt: event.at,
        ...without(ticket, 'waitingFor', 'closedAt'),
        state: 'solved',
        solvedAt: event.at,
        resolution: { cause: event.cause, knowledge: event.knowledge, text: event.text },
      };
    case 'closed':
      return { ...without(ticket, 'waitingFor'), state: 'closed', closedAt: event.at };
    case 'reopened':
      if (!isOver(ticket)) return ticket;
      return {
        ...without(ticket, 'solvedAt', 'closedAt', 'resolution', 'rating'),
        state: 'open',
        reopened: ticket.reopened + 1,
      };
    case 'rated':
      return { ...ticket, rating: { score: event.score, comment: event.comment } };
    case 'opened':
    case 'noted':
    case 'linked':
    case 'alarmed':
      return ticket;
  }
}

function replied(ticket: Ticket, from: 'agent' | 'requester', at: number): Ticket {
  if (from === 'agent') {
    return { firstRespondedAt: at, ...ticket, state: ticket.state === 'new' ? 'open' : ticket.state };
  }
  const isAwaited = ticket.state === 'waiting' && ticket.waitingFor === 'requester';
  return isAwaited ? { ...without(ticket, 'waitingFor'), state: 'open' } : ticket;
}

function without<K extends keyof Ticket>(ticket: Ticket, ...keys: readonly K[]): Omit<Ticket, K> & Ticket {
  return Object.fromEntries(
    Object.entries(ticket).filter(([key]) => !keys.includes(key as K)),
  ) as unknown as Omit<Ticket, K> & Ticket;
}
