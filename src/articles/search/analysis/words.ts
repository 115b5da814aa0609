import type { Lang } from '../../../lib/lang.ts';
import { fold, ZWNJ } from './fold.ts';

/** Longer "words" are paths, hashes and other noise; their beginning is enough to find them. */
export const MAX_WORD = 40;

/** What follows a half-space in Persian and is an ending, not a word: plural, possessive, comparison, verb. */
const FA_ENDING =
  /^(ها?|های|هایی|هایم|هایت|هایش|هایمان|هایتان|هایشان|ی|ای|یی|ام|ات|اش|اند|ایم|اید|ایی|مان|تان|شان|تر|ترین|تری|م|ت|ش|ند|گی|گان)$/;
const FA_BEGINNING = /^(می|نمی|بی|نا|ب|ن)$/;

/** A half-space joins an ending to its word; between two words it separates, like the space people type. */
function splitHalfSpaces(word: string): readonly string[] {
  const parts = word.split(ZWNJ).filter((part) => part !== '');
  const words: string[] = [];
  let join = false;
  for (const part of parts) {
    const last = words.length - 1;
    if (last >= 0 && (join || FA_ENDING.test(part))) words[last] = `${words[last]}${part}`;
    else words.push(part);
    join = FA_BEGINNING.test(part);
  }
  return words;
}

/** The words of an already folded text, in order. */
export function foldedWords(folded: string, lang: Lang): string[] {
  const words: string[] = [];
  for (const piece of folded.replaceAll('\n', ' ').split(' ')) {
    if (piece === '') continue;
    const word = piece.length > MAX_WORD ? piece.slice(0, MAX_WORD) : piece;
    if (!word.includes(ZWNJ)) words.push(word);
    else if (lang === 'fa') words.push(...splitHalfSpaces(word));
    else words.push(...word.split(ZWNJ).filter((part) => part !== ''));
  }
  return words;
}

export const wordsOf = (text: string, lang: Lang): string[] => foldedWords(fold(text), lang);
