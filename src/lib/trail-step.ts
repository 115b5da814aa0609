import { z } from 'zod';

const at = z.int();

/** One thing that a person tried before they asked for help. Kept in their browser, attached to a ticket. */
export const trailStepSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('search'),
    at,
    q: z.string().max(200),
    lang: z.string().max(2),
    hits: z.int().min(0),
  }),
  z.strictObject({ kind: z.literal('category'), at, id: z.string().max(100) }),
  z.strictObject({
    kind: z.literal('article'),
    at,
    id: z.string().max(200),
    version: z.string().max(20).optional(),
  }),
  z.strictObject({ kind: z.literal('vote'), at, id: z.string().max(200), helpful: z.boolean() }),
  z.strictObject({
    kind: z.literal('fix'),
    at,
    id: z.string().max(60),
    outcome: z.enum(['started', 'fixed', 'not-effective', 'failed', 'unknown', 'declined']),
    reason: z.string().max(300).optional(),
  }),
  z.strictObject({
    kind: z.literal('incident'),
    at,
    id: z.string().max(60),
    answer: z.enum(['shown', 'joined', 'different']),
  }),
  z.strictObject({ kind: z.literal('status'), at, service: z.string().max(60).optional() }),
]);

export type TrailStep = z.output<typeof trailStepSchema>;
