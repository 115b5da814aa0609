import { AppError } from '../lib/app-error.ts';
import type { Person, Tier } from '../lib/who.ts';
import type { Claim, Escalation, Prioritising, Reply, Resolution } from './commands.ts';
import { priorityOf } from './priority.ts';
import { type Fact, type Handover, TIERS, type TicketEvent } from './schema.ts';
import { CLOSE_MS, REOPEN_MS, replay, type Ticket } from './ticket.ts';

/** Decisions about one ticket: the facts that follow, or an AppError that says why not. Nothing is done here. */
export interface Case {
  readonly events: readonly TicketEvent[];
  readonly ticket: Ticket;
  readonly now: number;
}

export const caseOf = (events: readonly TicketEvent[], now: number): Case => ({
  events,
  ticket: replay(events),
  now,
});

const isOver = ({ state }: Ticket): boolean => state === 'solved' || state === 'closed';

function refuseWhenOver(ticket: Ticket): void {
  if (isOver(ticket)) throw new AppError('tickets.already-over', { status: 409 });
}

/** By compare-and-set: whoever was told of another state of things loses, and learns the name. */
export function claim({ ticket }: Case, agent: Person, { from }: Claim): readonly Fact[] {
  refuseWhenOver(ticket);
  const holder = ticket.assignee;
  if (holder?.login === agent.login) return [];
  if ((holder?.login ?? null) !== (from ?? null)) {
    throw holder
      ? new AppError('tickets.already-claimed', { status: 409, params: { name: holder.name } })
      : new AppError('tickets.no-longer-claimed', { status: 409 });
  }
  return [{ kind: 'claimed', assignee: { login: agent.login, name: agent.name } }];
}

export function release({ ticket }: Case, agent: Person): readonly Fact[] {
  if (ticket.assignee?.login !== agent.login) throw new AppError('tickets.not-yours', { status: 409 });
  return [{ kind: 'released' }];
}

/** Never blocked, but an answer that crossed another one asks to be confirmed. */
export function replyAsAgent(given: Case, agent: Person, reply: Reply): readonly Fact[] {
  const { ticket } = given;
  if (ticket.state === 'closed') throw new AppError('tickets.already-over', { status: 409 });
  const crossed = crossing(given, agent.login, reply.seen);
  if (crossed && !reply.confirm) {
    throw new AppError('tickets.reply-crossed', { status: 409, params: crossed });
  }
  const isWaiting = ticket.state === 'waiting';
  return [
    { kind: 'replied', from: 'agent', name: agent.name, text: reply.text },
    ...(reply.restored && ticket.restoredAt === undefined ? [{ kind: 'restored' } as const] : []),
    ...(reply.waitFor && !isOver(ticket) ? [{ kind: 'waiting', for: reply.waitFor } as const] : []),
    ...(isWaiting && !reply.waitFor ? [{ kind: 'resumed' } as const] : []),
  ];
}

/** The newest answer by somebody else that the writer had not seen. */
function crossing(
  { events, now }: Case,
  login: string,
  seen: number | undefined,
): { name: string; seconds: number } | undefined {
  if (seen === undefined) return undefined;
  const other = events.findLast(
    (event) =>
      event.seq > seen && event.by !== login && (event.kind === 'replied' || event.kind === 'solved'),
  );
  if (other?.kind !== 'replied' && other?.kind !== 'solved') return undefined;
  return { name: other.name, seconds: Math.max(0, Math.round((now - other.at) / 1_000)) };
}

export const note = (agent: Person, text: string): readonly Fact[] => [
  { kind: 'noted', name: agent.name, text },
];

export function prioritise({ ticket }: Case, { impact, urgency }: Prioritising): readonly Fact[] {
  refuseWhenOver(ticket);
  if (priorityOf(impact, urgency) === ticket.priority && impact === ticket.impact) return [];
  return [{ kind: 'prioritised', impact, urgency }];
}

/** The notes that a hand-over to `to` lacks. Going up needs all of them, going back down needs a reason in words. */
function missingFromHandover(from: Tier, to: Tier, handover: Handover): readonly string[] {
  const needed = rank(to) > rank(from) ? (['tried', 'findings', 'need'] as const) : (['need'] as const);
  return needed.filter((field) => handover[field].trim().length < 3);
}

const rank = (tier: Tier): number => TIERS.indexOf(tier);

export function escalate({ ticket }: Case, { to, ...handover }: Escalation): readonly Fact[] {
  refuseWhenOver(ticket);
  const from = ticket.tier;
  if (to === from) throw new AppError('tickets.same-tier', { status: 409, params: { tier: to } });
  const missing = missingFromHandover(from, to, handover);
  if (missing.length > 0) {
    throw new AppError('tickets.handover-incomplete', {
      status: 422,
      params: { missing: missing.join(', ') },
    });
  }
  return [{ kind: 'escalated', from, to, handover }];
}

export function resolve({ ticket }: Case, agent: Person, resolution: Resolution): readonly Fact[] {
  refuseWhenOver(ticket);
  const { cause, text, article, oneOff } = resolution;
  if (!article && (oneOff ?? '').length < 3) {
    throw new AppError('tickets.knowledge-missing', { status: 422 });
  }
  const knowledge = article
    ? ({ kind: 'article', id: article } as const)
    : ({ kind: 'one-off', reason: oneOff ?? '' } as const);
  return [{ kind: 'solved', name: agent.name, cause, knowledge, text }];
}

/** Until when it may be taken up again; undefined while it is not over. */
export const reopenUntil = (ticket: Ticket): number | undefined =>
  isOver(ticket) ? (ticket.closedAt ?? ticket.solvedAt ?? ticket.updatedAt) + REOPEN_MS : undefined;

export interface Speaker {
  readonly from: 'agent' | 'requester';
  readonly name: string;
}

export function reopen({ ticket, now }: Case, speaker: Speaker, text: string): readonly Fact[] {
  const until = reopenUntil(ticket);
  if (until === undefined) throw new AppError('tickets.not-over', { status: 409 });
  if (now > until) throw new AppError('tickets.too-late-to-reopen', { status: 409 });
  return [{ kind: 'reopened', ...speaker, text }];
}

const REPLIES_PER_HOUR = 30;

/** A word of the requester: to a solved ticket it means "not solved after all". */
export function replyAsRequester(given: Case, name: string, text: string): readonly Fact[] {
  const { ticket, events, now } = given;
  const recent = events.filter(
    (event) => event.kind === 'replied' && event.from === 'requester' && event.at > now - 3_600_000,
  );
  if (recent.length >= REPLIES_PER_HOUR) {
    throw new AppError('tickets.too-many-replies', { status: 429, params: { retryAfter: 600 } });
  }
  if (isOver(ticket)) return reopen(given, { from: 'requester', name }, text);
  return [{ kind: 'replied', from: 'requester', name, text }];
}

export function close({ ticket }: Case, why: 'requester' | 'agent'): readonly Fact[] {
  return ticket.state === 'closed' ? [] : [{ kind: 'closed', why }];
}

/** Closes what has been solved for long enough without a word. */
export function closeByTime({ ticket, now }: Case): readonly Fact[] {
  const isDue =
    ticket.state === 'solved' && ticket.solvedAt !== undefined && ticket.solvedAt + CLOSE_MS <= now;
  return isDue ? [{ kind: 'closed', why: 'time' }] : [];
}

export function rate({ ticket }: Case, score: number, comment: string): readonly Fact[] {
  if (!isOver(ticket)) throw new AppError('tickets.not-over', { status: 409 });
  return [{ kind: 'rated', score, comment }];
}
