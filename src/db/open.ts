import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import { FatalError } from '../lib/app-error.ts';
import { createDb, type Db } from './db.ts';
import { lockDataFolder } from './instance-lock.ts';
import { migrate } from './migrate.ts';
import { openNodeSqlite } from './node-sqlite.ts';
import type { Tables } from './tables.ts';

export interface DatabaseSettings {
  /** `postgres://…`; without it SQLite in the data folder. */
  readonly url?: string | undefined;
  readonly dataDir: string;
  /** Take the data folder's lock (the portal does, the command line beside it does not). */
  readonly exclusive?: boolean;
}

/** Opens the database, brings it to the newest schema and returns it. Throws FatalError with a plain sentence. */
export async function openDatabase(settings: DatabaseSettings): Promise<Db> {
  const db = settings.url ? await openPostgres(settings.url) : openSqlite(settings);
  try {
    await migrate(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}

function openSqlite({ dataDir, exclusive }: DatabaseSettings): Db {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch {
    throw new FatalError(
      `The data folder ${dataDir} cannot be written. Give this user the right to write there, or set DATA_DIR.`,
    );
  }
  const lock = exclusive ? lockDataFolder(dataDir) : undefined;
  try {
    const database = openNodeSqlite(join(dataDir, 'firstline.db'));
    const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    return createDb({ kysely, dialect: 'sqlite', onClose: () => lock?.release() });
  } catch (error) {
    lock?.release();
    throw new FatalError(
      `The database ${join(dataDir, 'firstline.db')} cannot be opened: ${(error as Error).message}.`,
    );
  }
}

async function openPostgres(url: string): Promise<Db> {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new FatalError(
      'DATABASE_URL is not a PostgreSQL address. It begins with postgres://, for example postgres://user@host/database.',
    );
  }
  // int8 holds our epoch milliseconds and counters, all far below 2^53.
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000, types });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  try {
    (await pool.connect()).release();
  } catch (error) {
    await pool.end();
    const code = (error as { code?: string }).code ?? (error as Error).message;
    throw new FatalError(
      `The database of DATABASE_URL does not answer (${code}). Check address, user, password and that the server runs.`,
    );
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return createDb({ kysely, dialect: 'postgres', pool });
}
