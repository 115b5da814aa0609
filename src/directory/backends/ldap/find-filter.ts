import { AndFilter, EqualityFilter, type Filter, FilterParser, OrFilter } from 'ldapts';
import { foldName } from '../../fold-name.ts';
import { type LdapEntry, textsOf } from './entry.ts';
import type { People } from './flavours/flavour.ts';

const LONGEST = 256;

/**
 * The people whose login or mail is `identifier`; undefined for what can be nobody's. What a person typed is a
 * value on the wire (BER), never part of a filter's text, so there is nothing to escape and nothing to inject.
 */
export function findFilter(people: People, identifier: string): Filter | undefined {
  const value = foldName(identifier);
  if (value === '' || value.length > LONGEST || value.includes('\0')) return undefined;
  const named = [...people.login, ...people.mail].map(
    (attribute) => new EqualityFilter({ attribute, value }),
  );
  return new AndFilter({
    filters: [FilterParser.parseString(people.filter), new OrFilter({ filters: named })],
  });
}

/**
 * Does this entry really carry that login or mail? Directories are more generous than we are (Active Directory
 * takes `é` for `e`), and a look-alike must not get somebody else's mail.
 */
export function isReallyNamed(entry: LdapEntry, people: People, identifier: string): boolean {
  const key = foldName(identifier);
  return [...people.login, ...people.mail].some((attribute) =>
    textsOf(entry, attribute).some((value) => foldName(value) === key),
  );
}
