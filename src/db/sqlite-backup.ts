import { DatabaseSync } from 'node:sqlite';
import { FatalError } from '../lib/app-error.ts';

/** A consistent copy of the database file, also while a portal is writing to it. `target` must not exist. */
export function copySqlite(file: string, target: string): void {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.prepare('VACUUM INTO ?').run(target);
  } finally {
    database.close();
  }
}

/** Throws FatalError when the file is not a whole Firstline database. */
export function checkSqlite(file: string): void {
  let verdict: string;
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const row = database.prepare('PRAGMA integrity_check').get() as
        | { integrity_check?: string }
        | undefined;
      verdict = row?.integrity_check ?? 'no answer';
      database.prepare('SELECT count(*) FROM kysely_migration').get();
    } finally {
      database.close();
    }
  } catch (error) {
    throw new FatalError(`${file} is not a Firstline database: ${(error as Error).message}.`);
  }
  if (verdict !== 'ok') throw new FatalError(`The database ${file} is damaged: ${verdict}.`);
}
