import { readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { LANGS, type Lang } from '../lib/lang.ts';

/** Values for the places of a message: `{count, plural, …}`, `{name}`. Dates and numbers are formatted by `Intl`. */
export type WordValues = Readonly<Record<string, string | number | Date>>;

/** Words in one language. An unknown key is shown as itself, so that a gap is seen and never breaks a page. */
export type Translate = (key: string, values?: WordValues) => string;

// One JSON of words per language, beside this file; `test/i18n` insists on the same keys and places in all.
const load = (lang: Lang): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(new URL(`./${lang}.json`, import.meta.url), 'utf8')) as Record<string, string>;

export const WORDS: Readonly<Record<Lang, Readonly<Record<string, string>>>> = Object.fromEntries(
  LANGS.map((lang) => [lang, load(lang)]),
) as Record<Lang, Record<string, string>>;

const compiled = new Map<string, IntlMessageFormat>();

export function translator(lang: Lang): Translate {
  return (key, values) => {
    const message = WORDS[lang][key] ?? WORDS.en[key];
    if (message === undefined) return key;
    if (values === undefined && !message.includes('{') && !message.includes("'")) return message;
    const cacheKey = `${lang}\0${key}`;
    let format = compiled.get(cacheKey);
    if (!format) {
      format = new IntlMessageFormat(message, localeOf(lang), undefined, { ignoreTag: true });
      compiled.set(cacheKey, format);
    }
    try {
      return String(format.format(values as Record<string, string | number | Date>));
    } catch {
      // A value that a caller forgot is seen on the page; it must not take the page down.
      return message;
    }
  };
}

/** The BCP 47 tag for `Intl`; digits as people of the language write them. */
export function localeOf(lang: Lang): string {
  return { en: 'en-GB', fa: 'fa-IR', ar: 'ar', ru: 'ru-RU' }[lang];
}
