import type { Migration } from 'kysely/migration';
import { jobs } from './0001-jobs.ts';
import { directory } from './0002-directory.ts';
import { notify } from './0003-notify.ts';
import { recovery } from './0004-recovery.ts';
import { monitors } from './0005-monitors.ts';
import { incidents } from './0006-incidents.ts';
import { tickets } from './0007-tickets.ts';
import { help } from './0008-help.ts';
import { access } from './0009-access.ts';
import { audit } from './0010-audit.ts';
import { articles } from './0011-articles.ts';
import { fixes } from './0012-fixes.ts';

/** In order of their names; a migration that has been released is never changed, only followed by another. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-jobs': jobs,
  '0002-directory': directory,
  '0003-notify': notify,
  '0004-recovery': recovery,
  '0005-monitors': monitors,
  '0006-incidents': incidents,
  '0007-tickets': tickets,
  '0008-help': help,
  '0009-access': access,
  '0010-audit': audit,
  '0011-articles': articles,
  '0012-fixes': fixes,
};
