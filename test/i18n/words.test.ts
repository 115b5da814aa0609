import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { describe, expect, test } from 'vitest';
import { translator, WORDS } from '../../src/i18n/words.ts';
import { LANGS } from '../../src/lib/lang.ts';

/** Names of the places in a message, so that no translation forgets or invents one. */
function places(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    const nested =
      element.type === TYPE.plural || element.type === TYPE.select
        ? Object.values(element.options).flatMap((option) => places(option.value))
        : [];
    return [element.value, ...nested];
  });
}

const placesOf = (message: string): string[] =>
  [...new Set(places(parse(message, { ignoreTag: true })))].sort();
const keys = Object.keys(WORDS.en);

/** The forms that `Intl` asks for in a language; a plural must have them all or an `other` that reads right. */
const NEEDED = {
  en: ['one', 'other'],
  fa: ['other'],
  ar: ['other'],
  ru: ['one', 'few', 'many', 'other'],
} as const;

describe.each(LANGS)('words in %s', (lang) => {
  test('has exactly the keys of English', () => {
    expect(Object.keys(WORDS[lang]).sort()).toEqual([...keys].sort());
  });

  test('every message can be read and has the same places', () => {
    const wrong = keys.filter((key) => {
      const message = WORDS[lang][key] ?? '';
      return message.trim() === '' || placesOf(message).join() !== placesOf(WORDS.en[key] ?? '').join();
    });
    expect(wrong).toEqual([]);
  });

  test('every plural has the forms of the language', () => {
    const wrong = keys.filter((key) => {
      const plurals = parse(WORDS[lang][key] ?? '', { ignoreTag: true }).filter(
        (element) => element.type === TYPE.plural,
      );
      return plurals.some((plural) => NEEDED[lang].some((form) => !(form in plural.options)));
    });
    expect(wrong).toEqual([]);
  });

  test('is written in its own script', () => {
    if (lang === 'en') return;
    const script = lang === 'ru' ? /\p{Script=Cyrillic}/u : /\p{Script=Arabic}/u;
    const letters = /\p{L}/u;
    // Names and formats stay as they are everywhere.
    const same = new Set(['E-mail', 'Firstline', 'API', 'OpenAPI', 'Atom', 'CSV', 'JSON', 'L1', 'L2', 'L3']);
    const wrong = keys.filter((key) => {
      const raw = WORDS[lang][key] ?? '';
      // Of a message that is one plural as a whole, the words stand inside of the braces.
      const message = raw.replace(/\{[^{}]*\}/g, '');
      return letters.test(message) && !script.test(raw) && !same.has(message.trim());
    });
    expect(wrong).toEqual([]);
  });
});

test('an unknown key is shown as itself', () => {
  expect(translator('fa')('no.such.key')).toBe('no.such.key');
});
