import type { z } from 'zod';
import { AppError } from '../lib/app-error.ts';
import type { Who } from '../lib/who.ts';
import {
  claimSchema,
  escalationSchema,
  noteSchema,
  prioritisingSchema,
  ratingSchema,
  reopeningSchema,
  replySchema,
  resolutionSchema,
  type TicketQuery,
  ticketQuerySchema,
} from './commands.ts';
import type { Desk } from './desk.ts';
import type { Requests, Visitor } from './requester.ts';
import type { TicketView } from './view.ts';

type Fields = Pick<FormData, 'get'>;

/** What became of a form. `code` and `params` are those of an AppError; `fields` names what to look at. */
export type FormOutcome<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly status: number;
      readonly code: string;
      readonly params: Readonly<Record<string, string | number>>;
      readonly fields: readonly string[];
    };

const filled = (fields: Fields, name: string): string | undefined => {
  const value = fields.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
};
const number = (fields: Fields, name: string): number | undefined => {
  const value = filled(fields, name);
  return value === undefined ? undefined : Number(value);
};

class Mistake extends AppError {
  readonly fields: readonly string[];
  constructor(error: z.ZodError) {
    super('tickets.form-incomplete', { status: 422 });
    this.fields = [...new Set(error.issues.map(({ path }) => String(path[0] ?? '')))];
  }
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Mistake(parsed.error);
}

/** Outcomes that a person should read about become values; what is broken goes on throwing. */
async function outcomeOf<T>(work: () => Promise<T>): Promise<FormOutcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof AppError) || error.status === 401 || error.status === 404) throw error;
    const { status, code, params } = error;
    return { ok: false, status, code, params, fields: fieldsOf(error) };
  }
}

function fieldsOf(error: AppError): readonly string[] {
  if (error instanceof Mistake) return error.fields;
  if (error.code === 'tickets.handover-incomplete') return String(error.params.missing).split(', ');
  if (error.code === 'tickets.knowledge-missing' || error.code === 'tickets.no-such-article')
    return ['article'];
  return [];
}

/** The forms of the ticket page: `action` says which. */
export function deskForm(desk: Desk) {
  const actions: Readonly<Record<string, (who: Who, ticket: string, fields: Fields) => Promise<TicketView>>> =
    {
      claim: (who, ticket, fields) =>
        desk.claim(who, ticket, checked(claimSchema, { from: filled(fields, 'from') })),
      release: (who, ticket) => desk.release(who, ticket),
      reply: (who, ticket, fields) =>
        desk.reply(
          who,
          ticket,
          checked(replySchema, {
            text: filled(fields, 'text') ?? '',
            seen: number(fields, 'seen'),
            confirm: fields.get('confirm') !== null,
            waitFor: filled(fields, 'waitFor'),
            restored: fields.get('restored') !== null,
          }),
          filled(fields, 'key'),
        ),
      note: (who, ticket, fields) =>
        desk.note(
          who,
          ticket,
          checked(noteSchema, { text: filled(fields, 'text') ?? '' }).text,
          filled(fields, 'key'),
        ),
      escalate: (who, ticket, fields) =>
        desk.escalate(
          who,
          ticket,
          checked(escalationSchema, {
            to: filled(fields, 'to'),
            reason: filled(fields, 'reason'),
            tried: filled(fields, 'tried'),
            findings: filled(fields, 'findings'),
            need: filled(fields, 'need'),
          }),
          filled(fields, 'key'),
        ),
      prioritise: (who, ticket, fields) =>
        desk.prioritise(
          who,
          ticket,
          checked(prioritisingSchema, {
            impact: number(fields, 'impact'),
            urgency: number(fields, 'urgency'),
          }),
        ),
      resolve: (who, ticket, fields) =>
        desk.resolve(
          who,
          ticket,
          checked(resolutionSchema, {
            cause: filled(fields, 'cause'),
            text: filled(fields, 'text') ?? '',
            article: articleId(filled(fields, 'article')),
            oneOff: filled(fields, 'oneOff'),
          }),
          filled(fields, 'key'),
        ),
      reopen: (who, ticket, fields) =>
        desk.reopen(
          who,
          ticket,
          checked(reopeningSchema, { text: filled(fields, 'text') ?? '' }).text,
          filled(fields, 'key'),
        ),
      close: (who, ticket) => desk.close(who, ticket),
    };
  return {
    submit(who: Who, ticket: string, fields: Fields): Promise<FormOutcome<TicketView>> {
      const action = actions[filled(fields, 'action') ?? ''];
      if (!action) {
        return Promise.resolve({ ok: false, status: 422, code: 'request.invalid', params: {}, fields: [] });
      }
      return outcomeOf(() => action(who, ticket, fields));
    },
    /** The filters of the queue as the address has them; what makes no sense is left out. */
    query(params: URLSearchParams): TicketQuery {
      const given = Object.fromEntries(
        [...params].filter(([key, value]) => key in ticketQuerySchema.shape && value !== ''),
      );
      const parsed = ticketQuerySchema.safeParse(given);
      return parsed.success ? parsed.data : ticketQuerySchema.parse({});
    },
  };
}

/** Agents paste addresses: `/en/articles/printing/grey/` is the article `printing/grey`. */
const articleId = (text: string | undefined): string | undefined =>
  text
    ?.trim()
    .replace(/^.*\/articles\//, '')
    .replace(/\/+$/, '');

/** The forms of the requester's page. */
export function requestForm(requests: Requests) {
  return (visitor: Visitor, ticket: string, fields: Fields): Promise<FormOutcome> =>
    outcomeOf(async () => {
      const key = filled(fields, 'key');
      const words = () => checked(reopeningSchema, { text: filled(fields, 'text') ?? '' }).text;
      switch (filled(fields, 'action')) {
        case 'reply':
          return await requests.reply(visitor, ticket, words(), key);
        case 'reopen':
          return await requests.reopen(visitor, ticket, words(), key);
        case 'close':
          return await requests.close(visitor, ticket);
        case 'rate': {
          const rating = checked(ratingSchema, {
            score: number(fields, 'score'),
            comment: filled(fields, 'comment'),
          });
          return await requests.rate(visitor, ticket, rating);
        }
        default:
          throw new AppError('request.invalid', { status: 422 });
      }
    });
}
