import type { Client, Filter, SearchOptions } from 'ldapts';
import { DirectoryUnavailable } from '../../contract.ts';
import { boundAs, hangUp } from './connection.ts';
import { type LdapEntry, ldapEntry } from './entry.ts';
import { type Failure, failureCode, failureOf } from './failure.ts';
import type { LdapSettings } from './settings.ts';

export interface Search {
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter: Filter | string;
  readonly attributes: readonly string[];
  /** More hits than this are not sent. */
  readonly most: number;
}

export interface Reader {
  /** Referrals are never followed; a base that is not there has no entries. Throws DirectoryUnavailable. */
  search(search: Search): Promise<readonly LdapEntry[]>;
}

/** Nobody asks for a minute: the connection is given back. */
const IDLE_MS = 60_000;
/** No such object, no such DN, and a base that another server keeps. */
const NOTHING_THERE: ReadonlySet<number> = new Set([10, 21, 32, 34]);

/** All reading goes over one connection of the service account, opened when needed and again when it was lost. */
export function createReader(settings: LdapSettings): Reader {
  let current: Promise<Client> | undefined;
  let idle: NodeJS.Timeout | undefined;

  const drop = (): void => {
    const dropped = current;
    current = undefined;
    dropped?.then(hangUp, () => {});
  };

  async function client(): Promise<Client> {
    clearTimeout(idle);
    idle = setTimeout(drop, IDLE_MS).unref();
    if (current) {
      const known = await current.catch(() => undefined);
      if (known?.isBound) return known;
      drop();
    }
    current ??= boundAs(settings, settings.bindDn, settings.bindPassword);
    return await current;
  }

  async function once({ base, scope, filter, attributes, most }: Search): Promise<readonly LdapEntry[]> {
    const options: SearchOptions = {
      scope,
      filter,
      attributes: [...attributes],
      sizeLimit: most,
      timeLimit: Math.max(1, Math.ceil(settings.timeoutMs / 1_000)),
    };
    const { searchEntries } = await (await client()).search(base, options);
    return searchEntries.map(ldapEntry);
  }

  return {
    async search(asked) {
      for (let attempt = 0; ; attempt++) {
        try {
          return await once(asked);
        } catch (error) {
          const failure = failureOf(error);
          if (failure.kind === 'answered' && NOTHING_THERE.has(failure.code)) return [];
          if (failure.kind !== 'answered' || isSignInRefused(failure)) drop();
          // The server may have ended an idle connection; asking again does no harm.
          if (failure.code === 'connection-lost' && attempt === 0) continue;
          throw new DirectoryUnavailable(failureCode(failure), { cause: error });
        }
      }
    },
  };
}

const isSignInRefused = (failure: Failure): boolean =>
  failure.kind === 'answered' && (failure.code === 49 || failure.code === 50);
