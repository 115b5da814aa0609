import type { Lang } from '../../lib/lang.ts';
import { analyserFor } from './analysis/analyser.ts';
import { wordsOf } from './analysis/words.ts';

/** A piece of a text; the caller decides how a match looks (never build HTML from it without escaping). */
export type Segment = { readonly text: string; readonly isMatch: boolean };

/** A word as people see it, with the marks and half-spaces inside it. */
const WORD = /[\p{L}\p{N}\p{M}\p{Cf}]+/gu;

/** Splits `text` into segments and marks the words that share a stem with one of `terms` (of a Hit or a query). */
export function highlight(text: string, terms: readonly string[], lang: Lang): Segment[] {
  const { stem, isStop } = analyserFor(lang);
  const stems = new Set(terms.flatMap((term) => wordsOf(term, lang)).map(stem));
  const isMatch = (word: string) =>
    wordsOf(word, lang).some((part) => !isStop(part) && stems.has(stem(part)));
  const segments: Segment[] = [];
  const push = (piece: string, match: boolean) => {
    if (piece !== '') segments.push({ text: piece, isMatch: match });
  };
  let plainFrom = 0;
  for (const found of text.matchAll(WORD)) {
    if (!isMatch(found[0])) continue;
    push(text.slice(plainFrom, found.index), false);
    push(found[0], true);
    plainFrom = found.index + found[0].length;
  }
  push(text.slice(plainFrom), false);
  return segments;
}
