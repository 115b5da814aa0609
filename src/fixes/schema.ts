import { z } from '@hono/zod-openapi';
import { LANGS } from '../lib/lang.ts';

export const stepStateSchema = z.enum(['todo', 'current', 'done', 'failed', 'unknown']);

export const runStepSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: stepStateSchema,
});

export const runStates = ['waiting', 'running', 'fixed', 'not-effective', 'failed', 'unknown'] as const;
export type RunState = (typeof runStates)[number];

export const runSchema = z
  .object({
    id: z.string(),
    fix: z.string(),
    title: z.string(),
    state: z.enum(runStates),
    steps: z.array(runStepSchema),
    message: z.string(),
    /** Where the person goes on, for fixes with pages of their own. */
    next: z.string().optional(),
    ticket: z.string().optional(),
    createdAt: z.int(),
    finishedAt: z.int().optional(),
  })
  .openapi('FixRun');
export type RunView = z.output<typeof runSchema>;

export const fixSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    summary: z.string(),
    url: z.string(),
    form: z.enum(['flow', 'run']),
    proof: z.enum(['none', 'signed-in', 'mail-code']),
    risk: z.enum(['none', 'low', 'high']),
    steps: z.array(z.string()),
    keywords: z.array(z.string()),
  })
  .openapi('Fix');
export type FixView = z.output<typeof fixSchema>;

export const startSchema = z
  .object({
    lang: z.enum(LANGS).optional(),
    /** As the fix's own input schema says. */
    input: z.record(z.string().max(60), z.string().max(1_000)).default({}),
  })
  .openapi('FixStart');
