import { z } from '@hono/zod-openapi';
import { CAUSES, ESCALATION_REASONS, STATES, TIERS, WAITING_FOR } from './schema.ts';

/** Text that people type: no control characters but line ends and tabs, no blanks around it. */
const typed = (most: number) =>
  z
    .string()
    .max(most)
    .transform((text) =>
      text
        .replace(/\r\n?/g, '\n')
        .replace(/[^\P{Cc}\n\t]/gu, '')
        .trim(),
    );

const required = (most: number) => typed(most).pipe(z.string().min(1));
const level = z.union([z.literal(1), z.literal(2), z.literal(3)]);

export const claimSchema = z.strictObject({
  /** The login that holds it as far as the claimer knows; null or nothing: nobody. */
  from: z.string().max(100).nullish(),
});

export const replySchema = z.strictObject({
  text: required(20_000),
  /** The newest event the writer had before their eyes; with it crossing answers are noticed. */
  seen: z.int().min(0).optional(),
  /** Send although somebody else answered meanwhile. */
  confirm: z.boolean().default(false),
  waitFor: z.enum(WAITING_FOR).optional(),
  /** The service works again for the requester, also if only by a way round. */
  restored: z.boolean().default(false),
});

export const noteSchema = z.strictObject({ text: required(20_000) });

export const escalationSchema = z.strictObject({
  to: z.enum(TIERS),
  reason: z.enum(ESCALATION_REASONS).default('skill'),
  /** What was tried, what was found, what the next tier is asked for. */
  tried: typed(10_000).default(''),
  findings: typed(10_000).default(''),
  need: typed(10_000).default(''),
});

export const resolutionSchema = z.strictObject({
  cause: z.enum(CAUSES),
  /** To the requester: what was done. */
  text: required(20_000),
  /** `<category>/<slug>` of the article that explains it … */
  article: z
    .string()
    .max(200)
    .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
    .optional(),
  /** … or why nobody will need one. */
  oneOff: typed(1_000).optional(),
});

export const reopeningSchema = z.strictObject({ text: required(20_000) });

export const prioritisingSchema = z.strictObject({ impact: level, urgency: level });

export const ratingSchema = z.strictObject({
  score: z.int().min(1).max(5),
  comment: typed(2_000).default(''),
});

export const ticketQuerySchema = z.strictObject({
  tier: z.enum(TIERS).optional(),
  /** `active`: new, open or waiting. */
  state: z.enum([...STATES, 'active']).optional(),
  /** A login, `me`, or `none` for unclaimed ones. */
  assignee: z.string().max(100).optional(),
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  offset: z.coerce.number().int().min(0).max(100_000).default(0),
});

export type Claim = z.output<typeof claimSchema>;
export type Reply = z.output<typeof replySchema>;
export type Escalation = z.output<typeof escalationSchema>;
export type Resolution = z.output<typeof resolutionSchema>;
export type Prioritising = z.output<typeof prioritisingSchema>;
export type TicketQuery = z.output<typeof ticketQuerySchema>;
