import { z } from '@hono/zod-openapi';
import { LANGS } from '../lib/lang.ts';

export const EMERGENCIES = [
  'safety',
  'phishing',
  'lost-device',
  'service-down',
  'cannot-sign-in',
  'other',
] as const;
const HELP_CHANNELS = ['portal', 'email', 'chat', 'phone', 'onsite', 'api', 'monitor'] as const;
const OUTCOMES = ['suggest', 'joined', 'open', 'deferred', 'solved'] as const;
const ANSWERS = ['solved', 'joined', 'different', 'still-stuck', 'declined'] as const;

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
const oneLine = (most: number) => typed(most).transform((text) => text.replace(/\s+/g, ' '));
const level = z.union([z.literal(1), z.literal(2), z.literal(3)]);

const contactObject = z.object({
  name: oneLine(120).optional(),
  email: z.email().max(200).optional(),
  phone: oneLine(60).optional(),
});

/** How to reach the person: an object, or one line with a mail address or a telephone number. */
const contact = z.union([
  contactObject,
  oneLine(200).transform(
    (text): z.output<typeof contactObject> =>
      z.email().safeParse(text).success ? { email: text } : { phone: text.slice(0, 60) },
  ),
]);

export const helpRequestSchema = z
  .object({
    summary: oneLine(300).pipe(z.string().min(3)),
    description: typed(20_000).optional(),
    lang: z.enum(LANGS),
    /** Id of the service it is about. */
    service: z
      .string()
      .max(60)
      .regex(/^[a-z0-9-]*$/)
      .optional(),
    channel: z.enum(HELP_CHANNELS).default('portal'),
    /** Safety, phishing, a lost device, a whole service down, no way to sign in: a ticket at once. */
    emergency: z.union([z.boolean(), z.enum(EMERGENCIES)]).default(false),
    contact: contact.optional(),
    /** Whom it hits: 1 everyone, 2 several people, 3 one person. */
    impact: level.optional(),
    /** How soon it hurts: 1 nothing works, 2 work is hindered, 3 it can wait. */
    urgency: level.optional(),
    /** Somebody who needs a person: accessibility or priority assistance. */
    assistance: z.boolean().default(false),
    /** The browser runs no scripts. */
    noScript: z.boolean().default(false),
    /** What was tried is attached unless the person says no. */
    shareTrail: z.boolean().default(true),
  })
  .openapi('NewHelpRequest');

export const answerSchema = z
  .object({
    answer: z.enum(ANSWERS),
    /** What is answered: id of an incident, a fix or an article, or the number of an own ticket. */
    target: z.string().max(200).optional(),
    /** Why a fix is declined. */
    reason: typed(300).optional(),
  })
  .openapi('HelpAnswer');

const suggestion = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  summary: z.string().optional(),
});

export const suggestionsSchema = z.object({
  articles: z.array(suggestion),
  fixes: z.array(suggestion),
  incidents: z.array(
    suggestion.extend({
      state: z.string().optional(),
      /** UTC ms. */
      since: z.number().optional(),
      expectedEnd: z.number().optional(),
    }),
  ),
  /** Own tickets about the same thing, still open or ended a short while ago. */
  tickets: z.array(z.object({ number: z.string(), url: z.string(), summary: z.string(), state: z.string() })),
});

export const helpResultSchema = z
  .object({
    id: z.string(),
    outcome: z.enum(OUTCOMES),
    /** Which rule of the gate decided, and why. */
    rule: z.string(),
    suggestions: suggestionsSchema,
    ticket: z.object({ number: z.string(), url: z.string() }).optional(),
    /** Set while a fix is offered that was neither run nor declined: declining needs a reason. */
    fixPending: z.string().optional(),
  })
  .openapi('HelpResult');

export type NewHelpRequest = z.output<typeof helpRequestSchema>;
export type HelpAnswer = z.output<typeof answerSchema>;
export type Suggestions = z.output<typeof suggestionsSchema>;
export type HelpResult = z.output<typeof helpResultSchema>;
export type Outcome = (typeof OUTCOMES)[number];
