import { Migrator } from 'kysely/migration';
import { FatalError } from '../lib/app-error.ts';
import type { Db } from './db.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** Forward only; recorded and locked by Kysely, so two processes that start together do it once. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db: db.kysely, provider: { getMigrations: async () => MIGRATIONS } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  throw new FatalError(
    `The database could not be brought to the newest schema${failed ? ` (step ${failed})` : ''}: ${(error as Error).message}.`,
  );
}
