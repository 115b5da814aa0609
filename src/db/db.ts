import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Pool } from 'pg';
import type { Tables } from './tables.ts';

/** A running transaction. Everything that belongs together is written through the same one. */
export type Tx = Transaction<Tables>;
/** For reads that may happen inside or outside of a transaction. */
export type Reader = Kysely<Tables>;

export interface Db {
  readonly dialect: 'sqlite' | 'postgres';
  /** For single statements and reads. */
  readonly kysely: Kysely<Tables>;
  /**
   * Runs `work` in one transaction and retries it when the database asks for that (serialisation, deadlock,
   * busy), so `work` must have no effects outside of `tx`. No network inside: on SQLite all others wait.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** PostgreSQL only: for pg-boss and LISTEN. */
  readonly pool?: Pool;
  close(): Promise<void>;
}

const RETRYABLE = new Set(['40001', '40P01', 'SQLITE_BUSY', 'ERR_SQLITE_BUSY']);
const MOST_TRIES = 5;

interface Parts {
  readonly kysely: Kysely<Tables>;
  readonly dialect: Db['dialect'];
  readonly pool?: Pool;
  readonly onClose?: () => void;
}

export function createDb({ kysely, dialect, pool, onClose }: Parts): Db {
  let closed: Promise<void> | undefined;
  return {
    dialect,
    kysely,
    ...(pool ? { pool } : {}),
    async tx(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await kysely.transaction().execute(work);
        } catch (error) {
          if (attempt >= MOST_TRIES || !isRetryable(error)) throw error;
          await sleep(attempt * 10 * (1 + Math.random()));
        }
      }
    },
    close() {
      closed ??= kysely.destroy().finally(() => onClose?.());
      return closed;
    },
  };
}

const isRetryable = (error: unknown): boolean => {
  const { code, errcode } = error as { code?: string; errcode?: number };
  return RETRYABLE.has(code ?? '') || errcode === 5;
};
