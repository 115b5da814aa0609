import type { z } from 'zod';
import {
  answerSchema,
  EMERGENCIES,
  type HelpAnswer,
  helpRequestSchema,
  type NewHelpRequest,
} from './schema.ts';

/** Forms send texts only, and nothing for a box that is not ticked. */
type Fields = Pick<FormData, 'get'>;

interface FormMistake {
  readonly name: string;
  /** Words: `help.mistake.<code>`. */
  readonly code: 'summary' | 'email' | 'too-long' | 'other';
}

export type ReadForm<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly mistakes: readonly FormMistake[] };

const text = (fields: Fields, name: string): string => {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
};
const filled = (fields: Fields, name: string): string | undefined => text(fields, name).trim() || undefined;

/** The help form as the page sends it. Without the mark of our script the browser runs none. */
export function readHelpForm(fields: Fields, lang: string): ReadForm<NewHelpRequest> {
  const emergency = EMERGENCIES.find((reason) => reason === text(fields, 'emergency')) ?? false;
  const parsed = helpRequestSchema.safeParse({
    summary: text(fields, 'summary'),
    description: filled(fields, 'description'),
    lang,
    service: filled(fields, 'service'),
    emergency,
    impact: Number(filled(fields, 'impact')) || undefined,
    urgency: Number(filled(fields, 'urgency')) || undefined,
    contact: {
      name: filled(fields, 'name'),
      email: filled(fields, 'email'),
      phone: filled(fields, 'phone'),
    },
    assistance: fields.get('assistance') !== null,
    noScript: fields.get('script') !== '1',
    shareTrail: fields.get('shareTrail') !== null,
  });
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, mistakes: mistakesOf(parsed.error) };
}

export function readAnswerForm(fields: Fields): ReadForm<HelpAnswer> {
  const parsed = answerSchema.safeParse({
    answer: text(fields, 'answer'),
    target: filled(fields, 'target'),
    reason: filled(fields, 'reason'),
  });
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, mistakes: mistakesOf(parsed.error) };
}

function mistakesOf(error: z.ZodError): readonly FormMistake[] {
  return error.issues.map((issue) => {
    const name = String(issue.path.at(-1) ?? '');
    if (issue.code === 'too_big') return { name, code: 'too-long' };
    if (name === 'summary' || name === 'email') return { name, code: name };
    return { name: '', code: 'other' };
  });
}
