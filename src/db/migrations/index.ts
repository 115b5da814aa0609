import type { Migration } from 'kysely/migration';
import { jobs } from './0001-jobs.ts';
import { directory } from './0002-directory.ts';
import { notify } from './0003-notify.ts';
import { tickets } from './0007-tickets.ts';
import { access } from './0009-access.ts';
import { audit } from './0010-audit.ts';

/** In order of their names; a migration that has been released is never changed, only followed by another. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-jobs': jobs,
  '0002-directory': directory,
  '0003-notify': notify,
  '0007-tickets': tickets,
  '0009-access': access,
  '0010-audit': audit,
};
