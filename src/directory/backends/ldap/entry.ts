import type { Entry } from 'ldapts';

/** An entry as decisions read it: attribute names in lower case, all values in order. */
export interface LdapEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export function ldapEntry({ dn, ...attributes }: Entry): LdapEntry {
  const read = Object.entries(attributes).map(
    ([name, value]) => [name.toLowerCase(), readable(value)] as const,
  );
  return { dn, attributes: Object.assign(Object.create(null), Object.fromEntries(read)) };
}

export const textsOf = (entry: LdapEntry, attribute: string): readonly string[] =>
  entry.attributes[attribute.toLowerCase()] ?? [];

export const textOf = (entry: LdapEntry, attribute: string): string | undefined =>
  textsOf(entry, attribute)[0];

export const numberOf = (entry: LdapEntry, attribute: string): number | undefined => {
  const value = textOf(entry, attribute);
  return value !== undefined && /^-?\d{1,19}$/.test(value) ? Number(value) : undefined;
};

/** ldapts gives a bare value for one and an array for several; binary values are none of ours. */
const readable = (value: Entry[string]): readonly string[] =>
  [value].flat().filter((each): each is string => typeof each === 'string');
