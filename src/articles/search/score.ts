import type { Corpus } from './corpus.ts';
import type { Match } from './matches.ts';
import type { QueryWord } from './query.ts';
import { TUNING } from './tuning.ts';

/** One number per article, reused between searches. The shares are of the query's weight: 0 to about 1. */
export type Scores = {
  /** How well titles and bodies answer, each summed over the words of the query. */
  readonly title: Float32Array;
  readonly body: Float32Array;
  /** Share of the query that was met anywhere in the article. */
  readonly met: Float32Array;
  /** The same for the word at hand: the best of its matches. */
  readonly wordTitle: Float32Array;
  readonly wordBody: Float32Array;
  readonly wordMet: Float32Array;
  readonly titleNorm: Float32Array;
  /** Articles met by the word at hand, and by any word so far; only the first `counts` are meant. */
  readonly touched: Uint32Array;
  readonly found: Uint32Array;
  readonly counts: { touched: number; found: number };
};

export function scoresFor({ docs, titles }: Corpus): Scores {
  const titleNorm = new Float32Array(docs);
  const lengthOf = (doc: number) => (titles.titleEnd[doc] ?? 0) - (titles.start[doc] ?? 0);
  let length = 0;
  for (let doc = 0; doc < docs; doc++) length += lengthOf(doc);
  const average = Math.max(1, length / Math.max(1, docs));
  for (let doc = 0; doc < docs; doc++) {
    titleNorm[doc] = 1 / (1 - TUNING.titleLengthNorm + (TUNING.titleLengthNorm * lengthOf(doc)) / average);
  }
  const zeros = () => new Float32Array(docs);
  return {
    title: zeros(),
    body: zeros(),
    met: zeros(),
    wordTitle: zeros(),
    wordBody: zeros(),
    wordMet: zeros(),
    titleNorm,
    touched: new Uint32Array(docs),
    found: new Uint32Array(docs),
    counts: { touched: 0, found: 0 },
  };
}

const raise = (array: Float32Array, at: number, value: number) => {
  if (value > (array[at] ?? 0)) array[at] = value;
};

/** Takes note of an article for the word at hand; false when only known articles count and this one is none. */
function touch(scores: Scores, doc: number, value: number, onlyKnown: boolean): boolean {
  const before = scores.wordMet[doc] ?? 0;
  if (before === 0) {
    if (onlyKnown && (scores.met[doc] ?? 0) === 0) return false;
    scores.touched[scores.counts.touched++] = doc;
  }
  if (value > before) scores.wordMet[doc] = value;
  return true;
}

/** Raises the word's numbers to those of this match. */
function applyMatch({ titles, body }: Corpus, scores: Scores, match: Match, onlyKnown: boolean): void {
  const { wordTitle, wordBody, titleNorm } = scores;
  const value = match.weight * match.idf;
  if (match.stem >= 0) {
    const end = titles.docStart[match.stem + 1] ?? 0;
    for (let at = titles.docStart[match.stem] ?? 0; at < end; at++) {
      const doc = titles.docs[at] ?? 0;
      if (touch(scores, doc, value, onlyKnown)) raise(wordTitle, doc, value * (titleNorm[doc] ?? 0));
    }
  }
  if (match.term >= 0) {
    const end = body.start[match.term + 1] ?? 0;
    for (let at = body.start[match.term] ?? 0; at < end; at++) {
      const doc = body.docs[at] ?? 0;
      if (touch(scores, doc, value, onlyKnown)) raise(wordBody, doc, (value * (body.impacts[at] ?? 0)) / 15);
    }
  }
}

/** Adds the word at hand to the sums and empties its numbers for the next. */
function addWord(scores: Scores, factor: number): void {
  const { title, body, met, wordTitle, wordBody, wordMet, touched, found, counts } = scores;
  for (let i = 0; i < counts.touched; i++) {
    const doc = touched[i] ?? 0;
    if ((met[doc] ?? 0) === 0) found[counts.found++] = doc;
    title[doc] = (title[doc] ?? 0) + (wordTitle[doc] ?? 0) * factor;
    body[doc] = (body[doc] ?? 0) + (wordBody[doc] ?? 0) * factor;
    met[doc] = (met[doc] ?? 0) + (wordMet[doc] ?? 0) * factor;
    wordTitle[doc] = 0;
    wordBody[doc] = 0;
    wordMet[doc] = 0;
  }
  counts.touched = 0;
}

/**
 * Fills title, body and met, and returns the articles that were met at all, unordered; valid until `clear`.
 * In a rewording only articles with a word that was put in matter: the others were answered as typed.
 */
export function scoreAll(corpus: Corpus, scores: Scores, words: readonly QueryWord[]): Uint32Array {
  const whole = words.reduce((sum, word) => sum + word.weight, 0) || 1;
  const put = words.filter((word) => word.isPutIn);
  const typed = words.filter((word) => !word.isPutIn);
  for (const word of [...put, ...typed]) {
    const onlyKnown = put.length > 0 && !word.isPutIn;
    for (const match of word.matches) applyMatch(corpus, scores, match, onlyKnown);
    addWord(scores, word.factor / whole);
  }
  return scores.found.subarray(0, scores.counts.found);
}

export function clear({ title, body, met, found, counts }: Scores): void {
  for (let i = 0; i < counts.found; i++) {
    const doc = found[i] ?? 0;
    title[doc] = 0;
    body[doc] = 0;
    met[doc] = 0;
  }
  counts.found = 0;
}
