import type { Clock } from '../../lib/clock.ts';
import type { Directory, DirectoryPerson } from '../contract.ts';
import { type Account, createChange } from './ldap/change.ts';
import type { LdapEntry } from './ldap/entry.ts';
import { findFilter, isReallyNamed } from './ldap/find-filter.ts';
import { createLimit } from './ldap/one-at-a-time.ts';
import { personAttributes, personOf, stateOf } from './ldap/person.ts';
import { createIsPrivileged } from './ldap/privileged.ts';
import { createReader } from './ldap/reader.ts';
import { createRules } from './ldap/rules.ts';
import type { LdapSettings } from './ldap/settings.ts';
import { createVerify } from './ldap/verify.ts';

interface Deps {
  readonly settings: LdapSettings;
  readonly clock: Clock;
  /** How long every check of a password takes at least. */
  readonly verifyMs?: number;
}

/** More than two hits are as ambiguous as two. */
const MOST_HITS = 3;
/** Connections that are open at the same time, and people who may wait for one. */
const CHANGES = { most: 8, waiting: 64 };
const CHECKS = { most: 16, waiting: 128 };

/** An LDAP directory: OpenLDAP, FreeIPA or Active Directory. Ids are DNs as the server wrote them. */
export function createLdapDirectory({ settings, clock, verifyMs = 200 }: Deps): Directory {
  const reader = createReader(settings);
  const rulesOf = createRules(reader, settings, clock);
  const isPrivileged = createIsPrivileged(reader, settings, clock);
  const attributes = personAttributes(settings);
  const { people, flavour } = settings;
  const nobody: LdapEntry = { dn: `cn=nobody,${people.base}`, attributes: {} };

  async function accountOf(entry: LdapEntry): Promise<Account> {
    const rules = await rulesOf(entry);
    return { entry, rules, state: stateOf(entry, settings, { rules, now: clock.now() }) };
  }

  async function account(dn: string): Promise<Account | undefined> {
    const search = { base: dn, scope: 'base', filter: people.filter, attributes, most: 1 } as const;
    // Only what looks like a DN is asked for: the empty one would be the server itself.
    const [entry] = dn.includes('=') ? await reader.search(search) : [];
    return entry && (await accountOf(entry));
  }

  async function person({ entry, state }: Account, fresh: boolean): Promise<DirectoryPerson> {
    return personOf(entry, { people, state, privileged: await isPrivileged(entry, { fresh }) });
  }

  return {
    name: `ldap:${flavour.name}`,
    async find(identifier) {
      const filter = findFilter(people, identifier);
      if (!filter) return [];
      const search = { base: people.base, scope: 'sub', filter, attributes, most: MOST_HITS } as const;
      const found = (await reader.search(search)).filter((entry) => isReallyNamed(entry, people, identifier));
      // The same questions for nobody, so that the time does not tell whether somebody was found.
      if (found.length === 0) await person(await accountOf(nobody), false);
      return await Promise.all(found.map(async (entry) => await person(await accountOf(entry), false)));
    },
    async byId(id) {
      const known = await account(id);
      return known && (await person(known, true));
    },
    verifyPassword: createVerify({ settings, account, withConnection: createLimit(CHECKS), verifyMs }),
    ...createChange({ settings, clock, account, withConnection: createLimit(CHANGES) }),
  };
}
