import { createHash, createHmac } from 'node:crypto';

/** A row of the trail as it is sealed. */
export interface SealedRow {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  /** JSON text, exactly as stored. */
  readonly details: string;
}

/**
 * The seal over a row and the seal before it. Keyed, so that who can write to the database but does not
 * know the portal's secret cannot make a new chain. JSON of an array, so that no text can pass for two fields.
 */
export function sealOf(key: Buffer, previous: string, row: SealedRow): string {
  const text = JSON.stringify([previous, row.seq, row.at, row.actor, row.action, row.subject, row.details]);
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** Tells rows sealed with an earlier SECRET apart from rows that were changed. */
export const keyIdOf = (key: Buffer): string =>
  createHash('sha256').update('audit-key').update(key).digest('base64url').slice(0, 10);

export interface Verdict {
  readonly ok: boolean;
  /** Rows whose seal was recomputed. */
  readonly checked: number;
  /** Rows that an earlier secret sealed: present in order, but nothing more can be said about them. */
  readonly otherKey: number;
  /** The first row that is missing, changed or out of order. */
  readonly brokenAt?: number;
}

export interface StoredRow extends SealedRow {
  readonly key_id: string;
  readonly seal: string;
}

/** Follows the chain row by row; feed all rows in order, then ask for the verdict against the head. */
export function createChainCheck(key: Buffer) {
  const keyId = keyIdOf(key);
  let previous = '';
  let seq = 0;
  let checked = 0;
  let otherKey = 0;
  let brokenAt: number | undefined;
  return {
    add(row: StoredRow): void {
      if (brokenAt !== undefined) return;
      if (row.seq !== seq + 1) {
        brokenAt = seq + 1;
        return;
      }
      if (row.key_id !== keyId) otherKey++;
      else if (row.seal === sealOf(key, previous, row)) checked++;
      else brokenAt = row.seq;
      seq = row.seq;
      previous = row.seal;
    },
    verdict(head: { readonly seq: number; readonly seal: string }): Verdict {
      // The end cut off: the head remembers more rows than there are.
      if (brokenAt === undefined && (head.seq !== seq || head.seal !== previous))
        brokenAt = Math.min(seq, head.seq) + 1;
      return {
        ok: brokenAt === undefined,
        checked,
        otherKey,
        ...(brokenAt === undefined ? {} : { brokenAt }),
      };
    },
  };
}
