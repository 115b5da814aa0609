import { z } from '@hono/zod-openapi';
import { LANGS } from '../lib/lang.ts';

// Control characters are never part of a name, and PostgreSQL does not take NUL.
const plainText = /^[^\p{Cc}\p{Cs}]*$/u;

export const purposeSchema = z.enum(['reset', 'unlock']);
export type Purpose = z.output<typeof purposeSchema>;

export const askSchema = z
  .strictObject({
    identifier: z
      .string()
      .max(256)
      .regex(plainText, 'expected no control characters')
      .refine((text) => text.trim() !== '', 'expected a user name or mail address')
      .openapi({ description: 'User name or mail address', example: 'alex' }),
    lang: z.enum(LANGS).optional(),
    purpose: purposeSchema.default('reset'),
  })
  .openapi('RecoveryAsk');

export const proofSchema = z
  .union([
    z.strictObject({ code: z.string().min(1).max(64) }),
    z.strictObject({ token: z.string().min(1).max(64) }),
  ])
  .openapi('RecoveryProof');

export const factorSchema = z.strictObject({ code: z.string().min(1).max(64) }).openapi('RecoveryFactor');

// Far above the 256 that are accepted, so that the answer can say "too long" instead of "malformed".
export const passwordSchema = z.strictObject({ password: z.string().max(4_096) }).openapi('RecoveryPassword');

export const reportSchema = z.strictObject({ token: z.string().min(1).max(64) }).openapi('RecoveryReport');
