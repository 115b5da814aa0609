import { AndFilter, ExtensibleFilter, type Filter, OrFilter, PresenceFilter } from 'ldapts';
import type { Clock } from '../../../lib/clock.ts';
import { foldName } from '../../fold-name.ts';
import { dnKey } from './dn-key.ts';
import { type LdapEntry, textsOf } from './entry.ts';
import type { Reader } from './reader.ts';
import type { LdapSettings } from './settings.ts';

const KEPT_MS = 60_000;
const DEEPEST = 6;
const MOST_MEMBERS = 2_000;
const AT_ONCE = 50;
/** LDAP_MATCHING_RULE_IN_CHAIN (MS-ADTS 3.1.1.3.4.4): groups in groups, followed by the server. */
const IN_CHAIN = '1.2.840.113556.1.4.1941';

/** `fresh` where a decision hangs on it; otherwise members may be a minute old. */
export type IsPrivileged = (entry: LdapEntry, how: { readonly fresh: boolean }) => Promise<boolean>;

export function createIsPrivileged(reader: Reader, settings: LdapSettings, clock: Clock): IsPrivileged {
  const { flavour, privilegedGroups: groups, people } = settings;
  let kept: { readonly at: number; readonly members: Promise<ReadonlySet<string>> } | undefined;

  function members(fresh: boolean): Promise<ReadonlySet<string>> {
    const now = clock.now();
    if (!fresh && kept && now - kept.at < KEPT_MS) return kept.members;
    const walked = walk(reader, groups);
    const mine = { at: now, members: walked };
    kept = mine;
    walked.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return walked;
  }

  async function inChain(entry: LdapEntry): Promise<boolean> {
    const found = await reader.search({
      base: entry.dn,
      scope: 'base',
      filter: inChainFilter(groups),
      attributes: ['1.1'],
      most: 1,
    });
    return found.length > 0;
  }

  return async (entry, { fresh }) => {
    if (flavour.isPrivileged(entry) || dnKey(entry.dn) === dnKey(settings.bindDn)) return true;
    if (groups.length === 0) return false;
    if (flavour.membership === 'entry') return isNamedIn(textsOf(entry, 'memberOf'), groups);
    if (flavour.membership === 'in-chain') return await inChain(entry);
    const all = await members(fresh);
    const logins = people.login.flatMap((attribute) => textsOf(entry, attribute));
    return all.has(dnKey(entry.dn)) || logins.some((login) => all.has(uidKey(login)));
  };
}

export const isNamedIn = (memberOf: readonly string[], groups: readonly string[]): boolean => {
  const wanted = new Set(groups.map(dnKey));
  return memberOf.some((group) => wanted.has(dnKey(group)));
};

export function inChainFilter(groups: readonly string[]): Filter {
  const filters = groups.map(
    (value) => new ExtensibleFilter({ matchType: 'memberOf', rule: IN_CHAIN, value }),
  );
  const anyEntry = new PresenceFilter({ attribute: 'objectClass' });
  return new AndFilter({ filters: [anyEntry, new OrFilter({ filters })] });
}

/** memberUid (posixGroup) names people by login, not by DN. */
const uidKey = (login: string): string => `uid:${foldName(login)}`;

/** Everybody who is in one of `groups`, also through groups in them; groups that point at each other end the walk. */
async function walk(reader: Reader, groups: readonly string[]): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  let level: readonly string[] = groups;
  for (let depth = 0; depth < DEEPEST && level.length > 0 && seen.size < MOST_MEMBERS; depth++) {
    const next = level.filter((dn) => !seen.has(dnKey(dn)));
    for (const dn of next) seen.add(dnKey(dn));
    const found: Members[] = [];
    for (let at = 0; at < next.length; at += AT_ONCE)
      found.push(...(await Promise.all(next.slice(at, at + AT_ONCE).map((dn) => membersOf(reader, dn)))));
    for (const uid of found.flatMap(({ uids }) => uids)) seen.add(uidKey(uid));
    level = found.flatMap(({ dns }) => dns);
  }
  for (const dn of level) seen.add(dnKey(dn));
  return seen;
}

interface Members {
  readonly dns: readonly string[];
  readonly uids: readonly string[];
}

async function membersOf(reader: Reader, dn: string): Promise<Members> {
  const attributes = ['member', 'uniqueMember', 'roleOccupant', 'memberUid'];
  const [group] = await reader.search({
    base: dn,
    scope: 'base',
    // A person among the members answers nothing to this, which is cheap.
    filter: `(|${attributes.map((attribute) => `(${attribute}=*)`).join('')})`,
    attributes,
    most: 1,
  });
  if (!group) return { dns: [], uids: [] };
  const dns = ['member', 'uniqueMember', 'roleOccupant'].flatMap((attribute) => textsOf(group, attribute));
  return { dns, uids: textsOf(group, 'memberUid') };
}
