import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Reader, Tx } from '../db/db.ts';
import type { Lang } from '../lib/lang.ts';
import { type TrailStep, trailStepSchema } from '../lib/trail-step.ts';
import {
  answerSchema,
  type HelpAnswer,
  type HelpResult,
  helpRequestSchema,
  helpResultSchema,
  type NewHelpRequest,
  type Outcome,
  type Suggestions,
  suggestionsSchema,
} from './schema.ts';

interface HelpRequestTable {
  id: string;
  key: string;
  fingerprint: string;
  requester: string;
  login: string | null;
  by_agent: number;
  lang: Lang;
  service: string | null;
  request: string;
  trail: string;
  found: string | null;
  answers: string;
  outcome: Outcome | null;
  rule: string | null;
  result: string | null;
  ticket: string | null;
  created_at: number;
  updated_at: number;
  undone_at: number | null;
}
declare module '../db/tables.ts' {
  interface Tables {
    help_request: HelpRequestTable;
  }
}

export interface HelpRequest {
  readonly id: string;
  readonly fingerprint: string;
  /** `login:…`, `mail:…` or `net:…`: whose limits it counts for. */
  readonly requester: string;
  readonly login?: string;
  readonly byAgent: boolean;
  readonly request: NewHelpRequest;
  readonly trail: readonly TrailStep[];
  /** What self-service had to say when it came in. */
  readonly found?: { readonly found: Suggestions; readonly troubles: readonly string[] };
  readonly answers: readonly HelpAnswer[];
  readonly outcome?: Outcome;
  readonly result?: HelpResult;
  readonly createdAt: number;
}

const foundSchema = z.object({ found: suggestionsSchema, troubles: z.array(z.string()) });

function fromRow(row: Selectable<HelpRequestTable>): HelpRequest {
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    requester: row.requester,
    ...(row.login === null ? {} : { login: row.login }),
    byAgent: row.by_agent === 1,
    request: helpRequestSchema.parse(JSON.parse(row.request)),
    trail: z.array(trailStepSchema).parse(JSON.parse(row.trail)),
    ...(row.found === null ? {} : { found: foundSchema.parse(JSON.parse(row.found)) }),
    answers: z.array(answerSchema).parse(JSON.parse(row.answers)),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.result === null ? {} : { result: helpResultSchema.parse(JSON.parse(row.result)) }),
    createdAt: row.created_at,
  };
}

/** Writes the request, or gives back the one that was written with this key before. */
export async function storeOnce(tx: Tx, key: string, request: HelpRequest): Promise<HelpRequest> {
  const { createdAt } = request;
  await tx
    .insertInto('help_request')
    .values({
      id: request.id,
      key,
      fingerprint: request.fingerprint,
      requester: request.requester,
      login: request.login ?? null,
      by_agent: request.byAgent ? 1 : 0,
      lang: request.request.lang,
      service: request.request.service ?? null,
      request: JSON.stringify(request.request),
      trail: JSON.stringify(request.trail),
      found: null,
      answers: '[]',
      outcome: null,
      rule: null,
      result: null,
      ticket: null,
      created_at: createdAt,
      updated_at: createdAt,
      undone_at: null,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const row = await tx
    .selectFrom('help_request')
    .selectAll()
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return fromRow(row);
}

/** The request, locked until the end of the transaction. */
export async function lockRequest(tx: Tx, id: string): Promise<HelpRequest | undefined> {
  const row = await tx
    .updateTable('help_request')
    .set((eb) => ({ updated_at: eb.ref('updated_at') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row && fromRow(row);
}

export async function readRequest(reader: Reader, id: string): Promise<HelpRequest | undefined> {
  const row = await reader.selectFrom('help_request').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

export interface Settled {
  readonly id: string;
  readonly answers: readonly HelpAnswer[];
  readonly found: NonNullable<HelpRequest['found']>;
  readonly result: HelpResult;
  readonly now: number;
}

export async function settle(tx: Tx, { id, answers, found, result, now }: Settled): Promise<void> {
  await tx
    .updateTable('help_request')
    .set({
      answers: JSON.stringify(answers),
      found: JSON.stringify(found),
      outcome: result.outcome,
      rule: result.rule,
      result: JSON.stringify(result),
      ticket: result.ticket?.number ?? null,
      updated_at: now,
    })
    .where('id', '=', id)
    .execute();
}

/** How many requests this requester sent since, without the one that is asked about. */
export async function requestsSince(
  reader: Reader,
  requester: string,
  { since, except }: { readonly since: number; readonly except: string },
): Promise<number> {
  const row = await reader
    .selectFrom('help_request')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('requester', '=', requester)
    .where('created_at', '>', since)
    .where('id', '!=', except)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** A new contact about the same thing: what was "solved" before was not. */
export async function undoSolved(
  tx: Tx,
  request: HelpRequest,
  { since, now }: { readonly since: number; readonly now: number },
): Promise<void> {
  const service = request.request.service;
  await tx
    .updateTable('help_request')
    .set({ undone_at: now })
    .where('requester', '=', request.requester)
    .where('outcome', '=', 'solved')
    .where('undone_at', 'is', null)
    .where('updated_at', '>', since)
    .where('service', service === undefined ? 'is' : '=', service ?? null)
    .where('id', '!=', request.id)
    .execute();
}

/** Requests that a person must look at, oldest first. */
export async function deferredRequests(reader: Reader, limit: number): Promise<readonly HelpRequest[]> {
  const rows = await reader
    .selectFrom('help_request')
    .selectAll()
    .where('outcome', '=', 'deferred')
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map(fromRow);
}

/** Ids of requests that were stored and then, by a crash, forgotten. */
export async function forgottenRequests(reader: Reader, before: number): Promise<readonly string[]> {
  const rows = await reader
    .selectFrom('help_request')
    .select('id')
    .where('outcome', 'is', null)
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(100)
    .execute();
  return rows.map((row) => row.id);
}
