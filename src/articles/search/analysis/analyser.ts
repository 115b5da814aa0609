import type { Lang } from '../../../lib/lang.ts';
import { stemAr } from './stem-ar.ts';
import { stemEn } from './stem-en.ts';
import { stemFa } from './stem-fa.ts';
import { stemRu } from './stem-ru.ts';
import { STOP_WORDS } from './stop-words.ts';
import { wordsOf } from './words.ts';

const STEM: Readonly<Record<Lang, (word: string) => string>> = {
  en: stemEn,
  fa: stemFa,
  ar: stemAr,
  ru: stemRu,
};

export type Analyser = {
  readonly lang: Lang;
  /** The stem of a folded word. English words inside other languages keep English stems. */
  readonly stem: (word: string) => string;
  readonly isStop: (word: string) => boolean;
};

const analysers = new Map<Lang, Analyser>();

export function analyserFor(lang: Lang): Analyser {
  const known = analysers.get(lang);
  if (known) return known;
  const stop = new Set(wordsOf(STOP_WORDS[lang], lang));
  const own = STEM[lang];
  const stem = (word: string) => (word.charCodeAt(0) < 0x80 ? stemEn : own)(word);
  const analyser = { lang, stem, isStop: (word: string) => stop.has(word) };
  analysers.set(lang, analyser);
  return analyser;
}
