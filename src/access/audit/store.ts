import type { Db, Reader, Tx } from '../../db/db.ts';
import type { AuditEntry } from '../../lib/audit.ts';
import type { Clock } from '../../lib/clock.ts';
import { createChainCheck, keyIdOf, type StoredRow, sealOf, type Verdict } from './seal.ts';

interface AuditTable extends StoredRow {}
interface AuditHeadTable {
  id: number;
  seq: number;
  seal: string;
}
declare module '../../db/tables.ts' {
  interface Tables {
    audit: AuditTable;
    audit_head: AuditHeadTable;
  }
}

export interface AuditRow {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditFilter {
  /** Rows before this one, newest first. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
  readonly actor?: string | undefined;
  /** An action, or the beginning of one up to its dot: `tickets`. */
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly since?: number | undefined;
  /** Only what the portal did by itself. */
  readonly automatic?: boolean | undefined;
}

/** Adds one row in the caller's transaction; the head row makes writers wait for each other, so ask for it late. */
export function auditWriter(key: Buffer, clock: Clock) {
  const keyId = keyIdOf(key);
  return async (tx: Tx, entry: AuditEntry): Promise<void> => {
    const head = await tx
      .updateTable('audit_head')
      .set((eb) => ({ seq: eb('seq', '+', 1) }))
      .where('id', '=', 1)
      .returning(['seq', 'seal'])
      .executeTakeFirstOrThrow();
    const row = {
      seq: head.seq,
      at: clock.now(),
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      details: JSON.stringify(entry.details ?? {}),
    };
    const seal = sealOf(key, head.seal, row);
    await tx
      .insertInto('audit')
      .values({ ...row, key_id: keyId, seal })
      .execute();
    await tx.updateTable('audit_head').set({ seal }).where('id', '=', 1).execute();
  };
}

const PAGE = 1_000;

/** Recomputes the whole chain up to the head as it is now; rows may be added meanwhile. */
export async function verifyAudit(db: Db, key: Buffer): Promise<Verdict> {
  const check = createChainCheck(key);
  const head = await auditHead(db.kysely);
  for (let from = 0; from < head.seq; from += PAGE) {
    const rows = await db.kysely
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', from)
      .where('seq', '<=', Math.min(from + PAGE, head.seq))
      .orderBy('seq')
      .execute();
    for (const row of rows) check.add(row);
    if (rows.length === 0) break;
  }
  const beyond = await db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('seq', '>', head.seq)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  // A row beyond the head is fine when a writer added it since; then the head has moved on too.
  if (beyond && (await auditHead(db.kysely)).seq < beyond.seq) check.add({ ...beyond, seq: -1 });
  return check.verdict(head);
}

export const auditHead = async (db: Reader): Promise<{ seq: number; seal: string }> =>
  await db.selectFrom('audit_head').select(['seq', 'seal']).where('id', '=', 1).executeTakeFirstOrThrow();

/** Newest first. */
export async function listAudit(db: Reader, filter: AuditFilter): Promise<AuditRow[]> {
  const rows = await filtered(db, filter)
    .select(['seq', 'at', 'actor', 'action', 'subject', 'details'])
    .orderBy('seq', 'desc')
    .limit(filter.limit ?? 50)
    .execute();
  return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }));
}

export async function countAudit(db: Reader, filter: AuditFilter): Promise<number> {
  const row = await filtered(db, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

function filtered(db: Reader, filter: AuditFilter) {
  let query = db.selectFrom('audit');
  if (filter.before !== undefined) query = query.where('seq', '<', filter.before);
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
  if (filter.actor) query = query.where('actor', '=', filter.actor);
  if (filter.subject) query = query.where('subject', '=', filter.subject);
  // The console is a person, too.
  if (filter.automatic)
    query = query.where('actor', 'like', 'system:%').where('actor', '<>', 'system:console');
  // Actions are letters, dashes and a dot, so nothing in them means something to LIKE.
  if (filter.action?.includes('.')) return query.where('action', '=', filter.action);
  return filter.action ? query.where('action', 'like', `${filter.action}.%`) : query;
}
