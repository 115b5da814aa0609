import { z } from 'zod';
import { LANGS } from '../lib/lang.ts';
import { trailStepSchema } from '../lib/trail-step.ts';

export const TIERS = ['L1', 'L2', 'L3'] as const;
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export const STATES = ['new', 'open', 'waiting', 'solved', 'closed'] as const;
export const WAITING_FOR = ['requester', 'vendor', 'visit'] as const;
export const CHANNELS = [
  'portal',
  'email',
  'chat',
  'phone',
  'onsite',
  'api',
  'monitor',
  'recovery',
  'fix',
] as const;

/** Why it happened, as agents choose it when they solve; words: `tickets.cause.<code>`. */
export const CAUSES = [
  'how-to',
  'account',
  'permission',
  'hardware',
  'software',
  'network',
  'outage',
  'security',
  'request',
  'duplicate',
  'not-found',
  'other',
] as const;

/** Why it goes to another tier; words: `tickets.escalation.<code>`. */
export const ESCALATION_REASONS = ['skill', 'access', 'time', 'cause', 'returned'] as const;

export type State = (typeof STATES)[number];
export type WaitingFor = (typeof WAITING_FOR)[number];
export type Cause = (typeof CAUSES)[number];

const level = z.union([z.literal(1), z.literal(2), z.literal(3)]);
const actor = z.object({ login: z.string(), name: z.string() });

export const knowledgeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('article'), id: z.string() }),
  z.object({ kind: z.literal('one-off'), reason: z.string() }),
]);

const handoverSchema = z.object({
  reason: z.enum(ESCALATION_REASONS),
  tried: z.string(),
  findings: z.string(),
  need: z.string(),
});

/** What happened, without when and by whom. Append-only: a kind is never changed, only added. */
export const factSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('opened'),
    summary: z.string(),
    description: z.string().optional(),
    lang: z.enum(LANGS),
    channel: z.enum(CHANNELS),
    service: z.string().optional(),
    requester: z
      .object({
        login: z.string().optional(),
        name: z.string().optional(),
        email: z.string().optional(),
      })
      .optional(),
    impact: level,
    urgency: level,
    tier: z.enum(TIERS),
    cause: z.string().optional(),
    trail: z.array(trailStepSchema).default([]),
    evidence: z.record(z.string(), z.unknown()).default({}),
    /** UTC ms from which clocks run; the time of the event when it is later than this. */
    since: z.number(),
  }),
  z.object({ kind: z.literal('claimed'), assignee: actor }),
  z.object({ kind: z.literal('released') }),
  z.object({
    kind: z.literal('replied'),
    from: z.enum(['agent', 'requester']),
    name: z.string(),
    text: z.string(),
  }),
  z.object({ kind: z.literal('noted'), name: z.string(), text: z.string() }),
  z.object({ kind: z.literal('waiting'), for: z.enum(WAITING_FOR) }),
  z.object({ kind: z.literal('resumed') }),
  z.object({ kind: z.literal('restored') }),
  z.object({ kind: z.literal('prioritised'), impact: level, urgency: level }),
  z.object({
    kind: z.literal('escalated'),
    from: z.enum(TIERS),
    to: z.enum(TIERS),
    handover: handoverSchema,
  }),
  z.object({ kind: z.literal('linked'), to: z.enum(['incident', 'ticket', 'help-request']), id: z.string() }),
  z.object({
    kind: z.literal('solved'),
    name: z.string(),
    cause: z.enum(CAUSES),
    knowledge: knowledgeSchema,
    text: z.string(),
  }),
  z.object({ kind: z.literal('closed'), why: z.enum(['requester', 'time', 'agent']) }),
  z.object({
    kind: z.literal('reopened'),
    from: z.enum(['agent', 'requester']),
    name: z.string(),
    text: z.string(),
  }),
  z.object({ kind: z.literal('rated'), score: z.int().min(1).max(5), comment: z.string() }),
  z.object({
    kind: z.literal('alarmed'),
    clock: z.enum(['first-response', 'next-response', 'restore', 'resolve']),
    cycle: z.number(),
    level: z.union([z.literal(75), z.literal(100), z.literal(150)]),
    /** When the level was reached, UTC ms. */
    reachedAt: z.number(),
    late: z.boolean(),
  }),
]);

export type Fact = z.output<typeof factSchema>;

/** One line of a ticket's history. */
export type TicketEvent = Fact & {
  /** 1, 2, 3 … within the ticket. */
  readonly seq: number;
  /** UTC ms. */
  readonly at: number;
  /** As in the audit trail: a login, `requester`, or `system:<part>`. */
  readonly by: string;
};

export type Handover = z.output<typeof handoverSchema>;
export type Knowledge = z.output<typeof knowledgeSchema>;
