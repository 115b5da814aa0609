import type { DirectoryPerson } from '../directory/contract.ts';
import type { Lang } from '../lib/lang.ts';
import { localText } from '../lib/lang.ts';
import type { RecoveryDeps } from './contract.ts';
import { type Moment, REQUEST_SETTINGS } from './request.ts';
import type { RequestRow } from './store.ts';

/** An unproved request is looked after for this long; the code's own minutes begin with the mail. */
export const REQUEST_LIVES_MS = 60 * 60_000;
export const MOST_CODE_TRIES = 5;
/** Longer than finding, setting and proving may take together with a slow directory. */
export const LEASE_MS = 40_000;

export const momentOf = ({ clock, config }: RecoveryDeps): Moment => ({
  now: clock.now(),
  settings: { ...REQUEST_SETTINGS, proofValidMs: config.org.recovery.proofValid },
});

export const organisationName = ({ config }: RecoveryDeps, lang: Lang): string =>
  localText(config.org.organisation.name, lang);

/** The person's own language where the directory knows it and the portal has it, else the one of the request. */
export function langFor(
  { config }: RecoveryDeps,
  person: DirectoryPerson,
  row: Pick<RequestRow, 'lang'>,
): Lang {
  return person.lang && config.org.organisation.languages.includes(person.lang) ? person.lang : row.lang;
}

export const leaseKey = (accountId: string): string => `account:${accountId}`;
