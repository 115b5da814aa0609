import type { Migration } from 'kysely/migration';
import { jobs } from './0001-jobs.ts';
import { directory } from './0002-directory.ts';

/** In order of their names; a migration that has been released is never changed, only followed by another. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-jobs': jobs,
  '0002-directory': directory,
};
