import type { Db, Reader, Tx } from '../db/db.ts';
import { newId } from '../lib/id.ts';
import type { Lang } from '../lib/lang.ts';
import { type Limit, LONGEST_WINDOW_MS, waitFor } from './limits.ts';
import { advance, type Moment, type Outcome, type RequestEvent, type RequestState } from './request.ts';
import type { Purpose } from './schema.ts';

export interface RequestTable {
  id: string;
  purpose: Purpose;
  state: RequestState;
  /** Counts changes of the row, so that two who read the same state cannot both act on it. */
  version: number;
  lang: Lang;
  /** As typed; forgotten once the worker has looked it up. */
  identifier: string | null;
  cookie_hash: string | null;
  account_id: string | null;
  login: string | null;
  name: string | null;
  /** Masked. */
  contact: string | null;
  code_hash: string | null;
  code_tries: number;
  token_hash: string | null;
  factor: 'none' | 'pending' | 'passed';
  proved_by: 'code' | 'link' | null;
  set_tries: number;
  failures: number;
  reason: string | null;
  outcome: Outcome | null;
  ticket: string | null;
  created_at: number;
  expires_at: number;
  setting_since: number | null;
  /** `passwordChangedAt` before the directory was asked to change it; 0 for none, null for not asked yet. */
  changed_before: number | null;
  seen_unchanged_at: number | null;
  unknown_since: number | null;
  closed_at: number | null;
  sessions_ended_at: number | null;
}
interface EventTable {
  id: string;
  request_id: string;
  at: number;
  event: string;
  code: string | null;
}
interface HitTable {
  id: string;
  key: string;
  at: number;
}
interface LeaseTable {
  key: string;
  holder: string;
  until: number;
}
interface ReportTable {
  token_hash: string;
  request_id: string;
  created_at: number;
  used_at: number | null;
}
interface FreezeTable {
  account_id: string;
  until: number;
  request_id: string;
}
declare module '../db/tables.ts' {
  interface Tables {
    recovery_request: RequestTable;
    recovery_event: EventTable;
    recovery_hit: HitTable;
    recovery_lease: LeaseTable;
    recovery_report: ReportTable;
    recovery_freeze: FreezeTable;
  }
}

export type RequestRow = Readonly<RequestTable>;

interface NewRequest {
  readonly id: string;
  readonly purpose: Purpose;
  readonly lang: Lang;
  readonly identifier: string;
  readonly cookieHash: string;
  readonly now: number;
  readonly expiresAt: number;
}

export async function insertRequest(tx: Tx, request: NewRequest): Promise<void> {
  await tx
    .insertInto('recovery_request')
    .values({
      id: request.id,
      purpose: request.purpose,
      state: 'requested',
      version: 0,
      lang: request.lang,
      identifier: request.identifier,
      cookie_hash: request.cookieHash,
      account_id: null,
      login: null,
      name: null,
      contact: null,
      code_hash: null,
      code_tries: 0,
      token_hash: null,
      factor: 'none',
      proved_by: null,
      set_tries: 0,
      failures: 0,
      reason: null,
      outcome: null,
      ticket: null,
      created_at: request.now,
      expires_at: request.expiresAt,
      setting_since: null,
      changed_before: null,
      seen_unchanged_at: null,
      unknown_since: null,
      closed_at: null,
      sessions_ended_at: null,
    })
    .execute();
}

export const requestById = (db: Reader, id: string): Promise<RequestRow | undefined> =>
  db.selectFrom('recovery_request').selectAll().where('id', '=', id).executeTakeFirst();

export const requestByCookie = (db: Reader, cookieHash: string): Promise<RequestRow | undefined> =>
  db.selectFrom('recovery_request').selectAll().where('cookie_hash', '=', cookieHash).executeTakeFirst();

export const requestByToken = (db: Reader, tokenHash: string): Promise<RequestRow | undefined> =>
  db.selectFrom('recovery_request').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();

interface Change {
  readonly event: RequestEvent;
  readonly moment: Moment;
  /** Columns that change with it. */
  readonly also?: Partial<RequestTable>;
}

/**
 * Moves a request on if that may happen to it, and only if nobody else moved it since it was read.
 * Undefined otherwise: the caller lost, or came too late.
 */
export async function move(
  tx: Tx,
  row: RequestRow,
  { event, moment, also }: Change,
): Promise<RequestRow | undefined> {
  const next = advance(
    {
      state: row.state,
      expiresAt: row.expires_at,
      setTries: row.set_tries,
      failures: row.failures,
      unknownSince: row.unknown_since,
      outcome: row.outcome,
      reason: row.reason,
    },
    event,
    moment,
  );
  if (!next) return undefined;
  const moved = await tx
    .updateTable('recovery_request')
    .set({
      state: next.state,
      version: row.version + 1,
      expires_at: next.expiresAt,
      set_tries: next.setTries,
      failures: next.failures,
      unknown_since: next.unknownSince,
      outcome: next.outcome,
      reason: next.reason,
      ...also,
    })
    .where('id', '=', row.id)
    .where('version', '=', row.version)
    .where('state', '=', row.state)
    .returningAll()
    .executeTakeFirst();
  if (moved) await addEvent(tx, row.id, { at: moment.now, event: event.type, code: codeOf(event) });
  return moved;
}

const codeOf = (event: RequestEvent): string | null =>
  'reason' in event ? event.reason : 'code' in event ? event.code : null;

interface Noted {
  readonly at: number;
  readonly event: string;
  readonly code: string | null;
}

export async function addEvent(tx: Tx, requestId: string, noted: Noted): Promise<void> {
  await tx
    .insertInto('recovery_event')
    .values({ id: newId(), request_id: requestId, ...noted })
    .execute();
}

export const timeline = (db: Reader, requestId: string): Promise<Noted[]> =>
  db
    .selectFrom('recovery_event')
    .select(['at', 'event', 'code'])
    .where('request_id', '=', requestId)
    .orderBy('at')
    .orderBy('id')
    .execute();

/** Counted before the code is looked at, so that guesses made side by side are all counted. */
export async function takeCodeTry(db: Db, requestId: string, most: number): Promise<boolean> {
  const result = await db.kysely
    .updateTable('recovery_request')
    .set((eb) => ({ code_tries: eb('code_tries', '+', 1) }))
    .where('id', '=', requestId)
    .where('code_tries', '<', most)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function passFactor(db: Db, row: RequestRow): Promise<boolean> {
  const result = await db.kysely
    .updateTable('recovery_request')
    .set({ factor: 'passed' })
    .where('id', '=', row.id)
    .where('version', '=', row.version)
    .where('factor', '=', 'pending')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Requests of this account in `states`, except `but`. */
export const siblings = (
  db: Reader,
  { accountId, but, states }: { accountId: string; but: string; states: readonly RequestState[] },
): Promise<RequestRow[]> =>
  db
    .selectFrom('recovery_request')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '!=', but)
    .where('state', 'in', states)
    .execute();

export interface Taken {
  /** When one of the limits is reached: how long until there is room again. */
  readonly waitMs?: number;
  readonly ids: readonly string[];
}

/** Records a hit for every key, or for none when one of the limits is reached. Exact also under parallel use. */
export async function takeHits(tx: Tx, limits: readonly Limit[], now: number): Promise<Taken> {
  const keys = [...new Set(limits.map((limit) => limit.key))].sort();
  for (const key of keys) await lockKey(tx, `limit:${key}`, now);
  for (const key of keys) {
    const rows = await tx
      .selectFrom('recovery_hit')
      .select('at')
      .where('key', '=', key)
      .where('at', '>', now - LONGEST_WINDOW_MS)
      .execute();
    const hits = rows.map((row) => row.at);
    for (const limit of limits.filter((each) => each.key === key)) {
      const waitMs = waitFor(limit, hits, now);
      if (waitMs !== undefined) return { waitMs, ids: [] };
    }
  }
  const taken = keys.map((key) => ({ id: newId(), key, at: now }));
  await tx.insertInto('recovery_hit').values(taken).execute();
  return { ids: taken.map((hit) => hit.id) };
}

export async function giveBackHits(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.kysely.deleteFrom('recovery_hit').where('id', 'in', ids).execute();
}

/** Whoever writes the row holds its lock until the end of the transaction; the others wait and then see it all. */
async function lockKey(tx: Tx, key: string, now: number): Promise<void> {
  await tx
    .insertInto('recovery_lease')
    .values({ key, holder: '', until: now })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ until: now }))
    .execute();
}

interface Lease {
  readonly key: string;
  readonly holder: string;
  readonly now: number;
  readonly untilMs: number;
}

/** One at a time per key; a holder that died loses it when the time is up. */
export async function takeLease(db: Db, { key, holder, now, untilMs }: Lease): Promise<boolean> {
  return await db.tx(async (tx) => {
    const inserted = await tx
      .insertInto('recovery_lease')
      .values({ key, holder, until: untilMs })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 1n) return true;
    const taken = await tx
      .updateTable('recovery_lease')
      .set({ holder, until: untilMs })
      .where('key', '=', key)
      .where((eb) => eb.or([eb('until', '<=', now), eb('holder', '=', holder)]))
      .executeTakeFirst();
    return taken.numUpdatedRows === 1n;
  });
}

export async function endLease(db: Db, key: string, holder: string): Promise<void> {
  await db.kysely.deleteFrom('recovery_lease').where('key', '=', key).where('holder', '=', holder).execute();
}

export async function addReport(tx: Tx, tokenHash: string, requestId: string, now: number): Promise<void> {
  const row = { token_hash: tokenHash, request_id: requestId, created_at: now, used_at: null };
  await tx.insertInto('recovery_report').values(row).execute();
}

export const reportByToken = (db: Reader, tokenHash: string): Promise<ReportTable | undefined> =>
  db.selectFrom('recovery_report').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();

export async function useReport(tx: Tx, tokenHash: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('recovery_report')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function freeze(tx: Tx, accountId: string, requestId: string, until: number): Promise<void> {
  await tx
    .insertInto('recovery_freeze')
    .values({ account_id: accountId, until, request_id: requestId })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ until, request_id: requestId }))
    .execute();
}

export async function isFrozen(db: Reader, accountId: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('recovery_freeze')
    .select('until')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return (row?.until ?? 0) > now;
}

const KEPT_MS = 30 * 86_400_000;

/** By the clock: what has lapsed is forgotten, and what is over for a month is deleted. */
export async function tidy(db: Db, now: number): Promise<void> {
  await db.kysely
    .deleteFrom('recovery_hit')
    .where('at', '<', now - LONGEST_WINDOW_MS)
    .execute();
  await db.kysely
    .deleteFrom('recovery_lease')
    .where('until', '<', now - LONGEST_WINDOW_MS)
    .execute();
  await db.kysely.deleteFrom('recovery_freeze').where('until', '<', now).execute();
  const old = db.kysely
    .selectFrom('recovery_request')
    .select('id')
    .where('created_at', '<', now - KEPT_MS);
  await db.kysely.deleteFrom('recovery_event').where('request_id', 'in', old).execute();
  await db.kysely.deleteFrom('recovery_report').where('request_id', 'in', old).execute();
  await db.kysely
    .deleteFrom('recovery_request')
    .where('created_at', '<', now - KEPT_MS)
    .execute();
}

export const lapsed = (db: Reader, now: number): Promise<RequestRow[]> =>
  db
    .selectFrom('recovery_request')
    .selectAll()
    .where('state', 'in', ['queued', 'mailed', 'proved'])
    .where('expires_at', '<=', now)
    .limit(500)
    .execute();
