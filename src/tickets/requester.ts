import type { Db, Tx } from '../db/db.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { actorOf, isAgent, type Who } from '../lib/who.ts';
import { type Case, close, rate, reopen, reopenUntil, replyAsRequester } from './actions.ts';
import { clocksOf, nextDeadline } from './clocks.ts';
import type { Priority } from './contract.ts';
import type { RequestCookie } from './request-cookie.ts';
import type { Fact, State, TicketEvent, WaitingFor } from './schema.ts';
import { type LoadedTicket, type TicketRow, ticketsOf } from './store.ts';
import { CLOSE_MS } from './ticket.ts';
import { parseTicketNumber, ticketNumber } from './ticket-number.ts';
import type { Tickets } from './tickets.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly tickets: Tickets;
  readonly cookie: RequestCookie;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
}

/** Who looks: a person, a browser with our cookie, or both. */
export interface Visitor {
  readonly who: Who;
  readonly cookies: string | null | undefined;
}

export interface RequestLine {
  readonly number: string;
  readonly summary: string;
  readonly state: State;
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly service?: string | undefined;
  /** When it was solved or closed. */
  readonly endedAt?: number | undefined;
}

/** A ticket as its requester sees it: no notes, no evidence, no names but of those who wrote. */
export interface RequestView extends RequestLine {
  readonly description?: string | undefined;
  readonly lang: string;
  readonly priority: Priority;
  readonly waitingFor?: WaitingFor | undefined;
  readonly assigneeName?: string | undefined;
  readonly requesterName?: string | undefined;
  readonly conversation: readonly Utterance[];
  /** What happens next, and until when. */
  readonly next?: { readonly clock: string; readonly dueAt: number } | undefined;
  readonly closesAt?: number | undefined;
  readonly reopenUntil?: number | undefined;
  readonly rating?: { readonly score: number; readonly comment: string } | undefined;
  readonly isOver: boolean;
  readonly version: number;
}

interface Utterance {
  readonly seq: number;
  readonly at: number;
  readonly kind: 'reply' | 'solution' | 'reopening' | 'escalation' | 'closing';
  readonly from: 'agent' | 'requester' | 'system';
  readonly name: string;
  readonly text: string;
}

export type Requests = ReturnType<typeof createRequests>;

/** What requesters do with their own tickets. To everybody else a ticket does not exist (404). */
export function createRequests({ db, clock, tickets, cookie, audit }: Deps) {
  async function allowed(visitor: Visitor, text: string): Promise<LoadedTicket> {
    const number = parseTicketNumber(text);
    const loaded = number === undefined ? undefined : await tickets.read(number);
    if (loaded && mayOpen(loaded, visitor)) return loaded;
    if (loaded) {
      await db.tx((tx) =>
        audit(tx, {
          actor: actorOf(visitor.who),
          action: 'tickets.refused',
          subject: ticketNumber(loaded.number),
        }),
      );
    }
    throw new AppError('tickets.not-found', { status: 404 });
  }

  const mayOpen = (loaded: LoadedTicket, { who, cookies }: Visitor): boolean =>
    isAgent(who) || isRequester(loaded, who) || cookie.read(cookies).includes(loaded.number);

  async function acting(
    visitor: Visitor,
    text: string,
    action: {
      readonly verb: string;
      readonly key?: string | undefined;
      decide(given: Case, name: string): readonly Fact[];
    },
  ): Promise<RequestView> {
    const { number, ticket } = await allowed(visitor, text);
    const name = visitor.who.kind === 'person' ? visitor.who.name : (ticket.opened.requester?.name ?? '');
    const by = visitor.who.kind === 'person' ? visitor.who.login : 'requester';
    const after = await db.tx((tx) =>
      tickets.act(tx, {
        number,
        by,
        verb: action.verb,
        key: action.key && `requester:${action.key}`,
        decide: (given) => action.decide(given, name),
      }),
    );
    return requestView(after, tickets);
  }

  return {
    async view(visitor: Visitor, number: string): Promise<RequestView> {
      return requestView(await allowed(visitor, number), tickets);
    },
    /** For pages: undefined where there is nothing to show to this visitor. */
    async find(visitor: Visitor, number: string): Promise<RequestView | undefined> {
      try {
        return requestView(await allowed(visitor, number), tickets);
      } catch (error) {
        if (error instanceof AppError && error.status === 404) return undefined;
        throw error;
      }
    },
    /** The tickets of a signed-in person and of this browser. */
    async mine({ who, cookies }: Visitor): Promise<readonly RequestLine[]> {
      const rows = await ticketsOf(db.kysely, {
        ...(who.kind === 'person' ? { login: who.login } : {}),
        numbers: cookie.read(cookies),
      });
      return rows.map(requestLine);
    },
    reply: (visitor: Visitor, number: string, text: string, key?: string) =>
      acting(visitor, number, {
        verb: 'reply',
        key,
        decide: (given, name) => replyAsRequester(given, name, text),
      }),
    reopen: (visitor: Visitor, number: string, text: string, key?: string) =>
      acting(visitor, number, {
        verb: 'reopen',
        key,
        decide: (given, name) => reopen(given, { from: 'requester', name }, text),
      }),
    close: (visitor: Visitor, number: string) =>
      acting(visitor, number, { verb: 'close', decide: (given) => close(given, 'requester') }),
    rate: (visitor: Visitor, number: string, rating: { readonly score: number; readonly comment: string }) =>
      acting(visitor, number, {
        verb: 'rate',
        decide: (given) => rate(given, rating.score, rating.comment),
      }),
    /** The `Set-Cookie` line for the key of a mail; undefined for a key that does not open this ticket. */
    exchange(number: string, key: string, cookies: string | null | undefined): string | undefined {
      const parsed = parseTicketNumber(number);
      if (parsed === undefined || !tickets.keys.opens(parsed, key, clock.now())) return undefined;
      return cookie.adding(cookies, parsed);
    },
    /** The `Set-Cookie` line for the browser in which this ticket was opened. */
    cookieFor(number: string, cookies: string | null | undefined): string | undefined {
      const parsed = parseTicketNumber(number);
      return parsed === undefined ? undefined : cookie.adding(cookies, parsed);
    },
  };
}

function isRequester({ ticket }: LoadedTicket, who: Who): boolean {
  const { requester } = ticket.opened;
  if (who.kind !== 'person' || !requester) return false;
  return (
    requester.login === who.login ||
    (who.email !== '' && requester.email?.toLowerCase() === who.email.toLowerCase())
  );
}

const requestLine = (row: TicketRow): RequestLine => ({
  number: ticketNumber(row.number),
  summary: row.summary,
  state: row.state,
  openedAt: row.opened_at,
  updatedAt: row.updated_at,
  service: row.service ?? undefined,
  endedAt: row.ended_at ?? undefined,
});

function requestView({ number, ticket, events }: LoadedTicket, { policy }: Tickets): RequestView {
  const { opened } = ticket;
  const due = nextDeadline(clocksOf(events, policy), policy.calendar);
  return {
    number: ticketNumber(number),
    summary: opened.summary,
    description: opened.description,
    lang: opened.lang,
    service: opened.service,
    priority: ticket.priority,
    state: ticket.state,
    waitingFor: ticket.waitingFor,
    assigneeName: ticket.assignee?.name,
    requesterName: opened.requester?.name,
    openedAt: ticket.since,
    updatedAt: ticket.updatedAt,
    endedAt: ticket.closedAt ?? ticket.solvedAt,
    conversation: events.flatMap(utterances),
    next: due,
    closesAt:
      ticket.state === 'solved' && ticket.solvedAt !== undefined ? ticket.solvedAt + CLOSE_MS : undefined,
    reopenUntil: reopenUntil(ticket),
    rating: ticket.rating,
    isOver: ticket.state === 'solved' || ticket.state === 'closed',
    version: ticket.version,
  };
}

/** The public part of the history. */
function utterances(event: TicketEvent): readonly Utterance[] {
  const { seq, at } = event;
  switch (event.kind) {
    case 'replied':
      return [{ seq, at, kind: 'reply', from: event.from, name: event.name, text: event.text }];
    case 'solved':
      return [{ seq, at, kind: 'solution', from: 'agent', name: event.name, text: event.text }];
    case 'reopened':
      return [{ seq, at, kind: 'reopening', from: event.from, name: event.name, text: event.text }];
    case 'escalated':
      return [{ seq, at, kind: 'escalation', from: 'system', name: '', text: '' }];
    case 'closed':
      return [
        {
          seq,
          at,
          kind: 'closing',
          from: event.why === 'time' ? 'system' : event.why,
          name: '',
          text: '',
        },
      ];
    default:
      return [];
  }
}
