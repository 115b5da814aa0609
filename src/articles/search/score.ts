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
  };
}

const raise = (array: Float32Array, at: number, value: number) => {
  if (value > (array[at] ?? 0)) array[at] = value;
};

/** Raises the word's numbers to those of this match; articles seen for the first time go to `touched`. */
function applyMatch({ titles, body }: Corpus, scores: Scores, match: Match, touched: number[]): void {
  const { wordTitle, wordBody, wordMet, titleNorm } = scores;
  const value = match.weight * match.idf;
  const touch = (doc: number) => {
    if ((wordMet[doc] ?? 0) === 0) touched.push(doc);
    raise(wordMet, doc, value);
  };
  if (match.stem >= 0) {
    const end = titles.docStart[match.stem + 1] ?? 0;
    for (let at = titles.docStart[match.stem] ?? 0; at < end; at++) {
      const doc = titles.docs[at] ?? 0;
      touch(doc);
      raise(wordTitle, doc, value * (titleNorm[doc] ?? 0));
    }
  }
  if (match.term >= 0) {
    const end = body.start[match.term + 1] ?? 0;
    for (let at = body.start[match.term] ?? 0; at < end; at++) {
      const doc = body.docs[at] ?? 0;
      touch(doc);
      raise(wordBody, doc, (value * (body.impacts[at] ?? 0)) / 15);
    }
  }
}

/** Fills title, body and met; returns the articles met at all, unordered. Call `clear` with them afterwards. */
export function scoreAll(corpus: Corpus, scores: Scores, words: readonly QueryWord[]): number[] {
  const { title, body, met, wordTitle, wordBody, wordMet } = scores;
  const whole = words.reduce((sum, word) => sum + word.weight, 0) || 1;
  const all: number[] = [];
  for (const word of words) {
    const factor = word.factor / whole;
    const touched: number[] = [];
    for (const match of word.matches) applyMatch(corpus, scores, match, touched);
    for (const doc of touched) {
      if ((met[doc] ?? 0) === 0) all.push(doc);
      title[doc] = (title[doc] ?? 0) + (wordTitle[doc] ?? 0) * factor;
      body[doc] = (body[doc] ?? 0) + (wordBody[doc] ?? 0) * factor;
      met[doc] = (met[doc] ?? 0) + (wordMet[doc] ?? 0) * factor;
      wordTitle[doc] = 0;
      wordBody[doc] = 0;
      wordMet[doc] = 0;
    }
  }
  return all;
}

export function clear({ title, body, met }: Scores, docs: readonly number[]): void {
  for (const doc of docs) {
    title[doc] = 0;
    body[doc] = 0;
    met[doc] = 0;
  }
}
