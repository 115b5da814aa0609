import type { Lang } from '../../lib/lang.ts';

/**
 * A person who forgot to switch the keyboard types "ghbdtn" for "привет". The rows below name the key of the
 * Latin (US) layout and what it gives in the other; a letter may have several keys, a key one letter.
 */
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`";

const ROWS = {
  ru: 'йцукенгшщзхъфывапролджэячсмитьбю.ё',
  fa: 'ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو./`',
  // Arabic keyboards have one key, b, for lam-alef.
  ar: 'ضصثقفغعهخحجدشسيبلاتنمكطئءؤر ىةوزظذ',
} as const;

/** Keys that the rows cannot show: shifted ones, several letters on one key. */
const EXTRA: Readonly<Record<keyof typeof ROWS, string>> = {
  ru: '{Х }Ъ :Ж "Э <Б >Ю ~Ё',
  fa: 'Hآ Cژ \\پ Mئ {ج }چ',
  ar: 'bلا Bلآ Gلأ Tلإ Hأ Yإ Nآ {ج }د',
};

type Layout = keyof typeof ROWS;
type Keys = {
  readonly fromLatin: ReadonlyMap<string, string>;
  readonly toLatin: ReadonlyMap<string, string>;
};

function keysOf(layout: Layout): Keys {
  const fromLatin = new Map<string, string>();
  const toLatin = new Map<string, string>();
  const add = (key: string, letters: string) => {
    fromLatin.set(key, letters);
    if (!toLatin.has(letters)) toLatin.set(letters, key.toLowerCase());
  };
  [...LATIN].forEach((key, i) => {
    const letter = ROWS[layout][i] ?? ' ';
    if (letter === ' ') return;
    add(key, letter);
    if (key !== key.toUpperCase()) add(key.toUpperCase(), letter.toUpperCase());
  });
  for (const pair of EXTRA[layout].split(' ')) add(pair.slice(0, 1), pair.slice(1));
  return { fromLatin, toLatin };
}

const known = new Map<Layout, Keys>();

function keys(layout: Layout): Keys {
  const found = known.get(layout) ?? keysOf(layout);
  known.set(layout, found);
  return found;
}

const mapped = (text: string, map: ReadonlyMap<string, string>): string =>
  Array.from(text, (char) => map.get(char) ?? char).join('');

const LAYOUTS: Readonly<Record<Lang, readonly Layout[]>> = {
  en: ['ru', 'fa', 'ar'],
  ru: ['ru'],
  fa: ['fa'],
  ar: ['ar'],
};

/** What the keys that were pressed would have given on the other keyboards of a reader of `lang`. */
export function otherKeyboards(text: string, lang: Lang): string[] {
  const isLatin = /[a-z]/i.test(text);
  const results = LAYOUTS[lang].map((layout) => {
    if (!isLatin) return mapped(text.replaceAll('لا', 'b'), keys(layout).toLatin);
    return lang === 'en' ? text : mapped(text, keys(layout).fromLatin);
  });
  return [...new Set(results)].filter((result) => result !== text);
}
