import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FatalError } from '../lib/app-error.ts';

/**
 * Only one portal may run on a data folder. The lock is an exclusive transaction on a small SQLite file of
 * its own: the operating system lets go of it with the process, also after kill -9, and the command line
 * can still open the real database beside a running portal.
 */
export function lockDataFolder(folder: string): { release(): void } {
  const lock = new DatabaseSync(join(folder, 'portal.lock'));
  try {
    lock.exec('PRAGMA busy_timeout=0; BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new FatalError(
      `Another Firstline is already running on the data folder ${folder}. Stop it first, or set DATA_DIR to another folder.`,
    );
  }
  return { release: () => lock.close() };
}
