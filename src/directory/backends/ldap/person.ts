import { isLang, type Lang } from '../../../lib/lang.ts';
import type { DirectoryPerson } from '../../contract.ts';
import { foldName } from '../../fold-name.ts';
import { type LdapEntry, textOf, textsOf } from './entry.ts';
import type { AccountState, People, Rules } from './flavours/flavour.ts';
import type { LdapSettings } from './settings.ts';

/** Every attribute that is asked of a person's entry. */
export const personAttributes = ({ people, flavour, disabledWhen }: LdapSettings): readonly string[] => [
  ...people.login,
  ...people.mail,
  ...people.name,
  people.language,
  ...flavour.attributes,
  ...disabledWhen.map(({ attribute }) => attribute),
];

type Reading = Pick<LdapSettings, 'flavour' | 'disabledWhen'>;

export function stateOf(
  entry: LdapEntry,
  { flavour, disabledWhen }: Reading,
  { rules, now }: { readonly rules: Rules; readonly now: number },
): AccountState {
  const state = flavour.stateOf(entry, rules, now);
  const isDisabled = disabledWhen.some(({ attribute, values }) =>
    textsOf(entry, attribute).some((value) =>
      values.some((off) => off.toLowerCase() === value.toLowerCase()),
    ),
  );
  return isDisabled ? { ...state, disabled: true } : state;
}

interface Known {
  readonly people: People;
  readonly state: AccountState;
  readonly privileged: boolean;
}

export function personOf(entry: LdapEntry, { people, state, privileged }: Known): DirectoryPerson {
  const first = (attributes: readonly string[]): string | undefined =>
    attributes.map((attribute) => textOf(entry, attribute)?.trim()).find(Boolean);
  const login = first(people.login) ?? '';
  const lang = preferredLang(textOf(entry, people.language));
  return {
    id: entry.dn,
    login,
    name: first(people.name) ?? login,
    mails: once(people.mail.flatMap((attribute) => textsOf(entry, attribute)).filter(isMail)),
    ...(lang ? { lang } : {}),
    privileged,
    ...state,
  };
}

const once = (mails: readonly string[]): string[] =>
  [...new Map(mails.toReversed().map((mail) => [foldName(mail), mail])).values()].toReversed();

/** What a mail server could read as two addresses, or as a header, is no address. */
const isMail = (value: string): boolean =>
  /^[^\s@,;:<>()[\]"\\\p{Cc}]+@[^\s@,;:<>()[\]"\\\p{Cc}]+$/u.test(value);

/** RFC 2798: the same syntax as Accept-Language. The heaviest language that the portal speaks. */
export function preferredLang(text: string | undefined): Lang | undefined {
  return (text ?? '')
    .split(',', 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { lang: tag.split(/[-_]/)[0], weight: weight === undefined ? 1 : Number(weight) || 0 };
    })
    .sort((a, b) => b.weight - a.weight)
    .map(({ lang, weight }) => (weight > 0 && isLang(lang) ? lang : undefined))
    .find((lang) => lang !== undefined);
}
