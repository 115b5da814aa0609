import { z } from '@hono/zod-openapi';
import { LANGS } from '../lib/lang.ts';
import { trailStepSchema } from '../lib/trail-step.ts';
import { reopenUntil } from './actions.ts';
import { clocksOf, elapsed, instantAt, type SlaPolicy } from './clocks.ts';
import {
  CAUSES,
  CHANNELS,
  factSchema,
  knowledgeSchema,
  PRIORITIES,
  STATES,
  TIERS,
  WAITING_FOR,
} from './schema.ts';
import type { LoadedTicket, TicketRow } from './store.ts';
import { CLOSE_MS } from './ticket.ts';
import { ticketNumber } from './ticket-number.ts';

const instant = z.int().meta({ description: 'UTC epoch milliseconds' });
const person = z.object({ login: z.string(), name: z.string() });

/** A ticket as queues show it. */
export const ticketLineSchema = z
  .object({
    number: z.string(),
    summary: z.string(),
    lang: z.enum(LANGS),
    channel: z.enum(CHANNELS),
    service: z.string().optional(),
    requester: z.object({ login: z.string().optional(), name: z.string().optional() }).optional(),
    state: z.enum(STATES),
    waitingFor: z.enum(WAITING_FOR).optional(),
    priority: z.enum(PRIORITIES),
    tier: z.enum(TIERS),
    assignee: person.optional(),
    openedAt: instant,
    updatedAt: instant,
    /** The promise that falls due next, or was missed first; none while all clocks stand. */
    due: z.object({ clock: z.string(), at: instant }).optional(),
  })
  .openapi('TicketLine');

export type TicketLine = z.output<typeof ticketLineSchema>;

const clockSchema = z.object({
  clock: z.enum(['first-response', 'next-response', 'restore', 'resolve']),
  cycle: z.int(),
  status: z.enum(['running', 'paused', 'stopped']),
  /** Business milliseconds promised, and used so far. */
  target: z.int(),
  elapsed: z.int(),
  dueAt: instant.optional(),
  breached: z.boolean(),
});

const eventSchema = z.intersection(factSchema, z.object({ seq: z.int(), at: instant, by: z.string() }));

export const ticketSchema = ticketLineSchema
  .extend({
    description: z.string().optional(),
    requester: z
      .object({ login: z.string().optional(), name: z.string().optional(), email: z.string().optional() })
      .optional(),
    impact: z.int(),
    urgency: z.int(),
    cause: z.string().optional(),
    trail: z.array(trailStepSchema),
    evidence: z.record(z.string(), z.unknown()),
    clocks: z.array(clockSchema),
    resolution: z.object({ cause: z.enum(CAUSES), knowledge: knowledgeSchema, text: z.string() }).optional(),
    rating: z.object({ score: z.int(), comment: z.string() }).optional(),
    restoredAt: instant.optional(),
    solvedAt: instant.optional(),
    closedAt: instant.optional(),
    /** When a solved ticket closes by itself; until when an ended one can be taken up again. */
    closesAt: instant.optional(),
    reopenUntil: instant.optional(),
    /** Number of the newest event. */
    version: z.int(),
    events: z.array(eventSchema),
  })
  .openapi('Ticket');

export type TicketView = z.output<typeof ticketSchema>;

export function lineOf(row: TicketRow): TicketLine {
  return {
    number: ticketNumber(row.number),
    summary: row.summary,
    lang: row.lang as TicketLine['lang'],
    channel: row.channel as TicketLine['channel'],
    service: row.service ?? undefined,
    requester: { login: row.requester_login ?? undefined, name: row.requester_name ?? undefined },
    state: row.state,
    waitingFor: row.waiting_for ?? undefined,
    priority: row.priority,
    tier: row.tier,
    assignee: row.assignee ? { login: row.assignee, name: row.assignee_name ?? row.assignee } : undefined,
    openedAt: row.opened_at,
    updatedAt: row.updated_at,
    due: row.due_at !== null && row.due_clock ? { clock: row.due_clock, at: row.due_at } : undefined,
  };
}

/** Everything about a ticket, for agents. */
export function viewOf(loaded: LoadedTicket, policy: SlaPolicy, now: number): TicketView {
  const { ticket, events } = loaded;
  const { opened } = ticket;
  const clocks = clockViews(loaded, policy, now);
  const due = clocks
    .filter(({ status, dueAt }) => status === 'running' && dueAt !== undefined)
    .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))[0];
  return {
    number: ticketNumber(loaded.number),
    summary: opened.summary,
    description: opened.description,
    lang: opened.lang,
    channel: opened.channel,
    service: opened.service,
    requester: opened.requester,
    state: ticket.state,
    waitingFor: ticket.waitingFor,
    impact: ticket.impact,
    urgency: ticket.urgency,
    priority: ticket.priority,
    tier: ticket.tier,
    assignee: ticket.assignee,
    cause: opened.cause,
    trail: opened.trail,
    evidence: opened.evidence,
    clocks,
    due: due?.dueAt === undefined ? undefined : { clock: due.clock, at: due.dueAt },
    resolution: ticket.resolution,
    rating: ticket.rating,
    openedAt: ticket.since,
    updatedAt: ticket.updatedAt,
    restoredAt: ticket.restoredAt,
    solvedAt: ticket.solvedAt,
    closedAt: ticket.closedAt,
    closesAt:
      ticket.state === 'solved' && ticket.solvedAt !== undefined ? ticket.solvedAt + CLOSE_MS : undefined,
    reopenUntil: reopenUntil(ticket),
    version: ticket.version,
    events: [...events],
  };
}

function clockViews({ events }: LoadedTicket, policy: SlaPolicy, now: number): TicketView['clocks'] {
  return clocksOf(events, policy).map((clock) => {
    const dueAt = instantAt(clock, policy.calendar, 100);
    return {
      clock: clock.kind,
      cycle: clock.cycle,
      status: clock.status,
      target: clock.target,
      elapsed: elapsed(clock, policy.calendar, now),
      dueAt,
      breached: dueAt !== undefined && dueAt <= now,
    };
  });
}
