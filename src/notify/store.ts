import type { Db, Reader, Tx } from '../db/db.ts';
import type { Lang } from '../lib/lang.ts';

export interface MessageTable {
  id: string;
  key: string;
  kind: string;
  lang: string;
  state: 'waiting' | 'delivered' | 'refused';
  /** The message as sealed JSON; null once it is delivered. A refused one without a deadline keeps it for a retry. */
  sealed: string | null;
  reason: string | null;
  not_after: number | null;
  created_at: number;
  finished_at: number | null;
}
declare module '../db/tables.ts' {
  interface Tables {
    message: MessageTable;
  }
}

interface NewMessage {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly lang: Lang;
  readonly sealed: string;
  readonly notAfter: number | null;
  readonly now: number;
}

/** False when a message of this key was accepted before. */
export async function insertMessage(tx: Tx, message: NewMessage): Promise<boolean> {
  const result = await tx
    .insertInto('message')
    .values({
      id: message.id,
      key: message.key,
      kind: message.kind,
      lang: message.lang,
      state: 'waiting',
      sealed: message.sealed,
      reason: null,
      not_after: message.notAfter,
      created_at: message.now,
      finished_at: null,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export const messageById = (db: Reader, id: string): Promise<MessageTable | undefined> =>
  db.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirst();

interface Finish {
  readonly state: 'delivered' | 'refused';
  readonly reason: string | null;
  readonly at: number;
  readonly isWiped: boolean;
}

/** False when another run has finished it already. */
export async function finishMessage(tx: Tx, id: string, finish: Finish): Promise<boolean> {
  const { state, reason, at, isWiped } = finish;
  const result = await tx
    .updateTable('message')
    .set({ state, reason, finished_at: at, ...(isWiped ? { sealed: null } : {}) })
    .where('id', '=', id)
    .where('state', '!=', 'delivered')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function deleteFinishedBefore(db: Db, before: number): Promise<void> {
  await db.kysely
    .deleteFrom('message')
    .where('state', '!=', 'waiting')
    .where('finished_at', '<', before)
    .execute();
}

/** Since when the oldest message waits for its channel. */
export async function oldestWaiting(db: Reader): Promise<number | undefined> {
  const row = await db
    .selectFrom('message')
    .select('created_at')
    .where('state', '=', 'waiting')
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  return row?.created_at;
}
