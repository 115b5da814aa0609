import type { Corpus } from './corpus.ts';
import type { Match, QueryWord } from './query.ts';
import { TUNING } from './tuning.ts';

/** Reused between searches: one number per article. */
export type Scores = {
  /** 1 / length normalisation of the title. */
  readonly titleNorm: Float32Array;
  /** Sum over the words of the query. */
  readonly total: Float32Array;
  /** Summed weight of the words that were met. */
  readonly met: Float32Array;
  readonly current: Float32Array;
  readonly quality: Float32Array;
};

export function scoresFor({ docs, titles }: Corpus): Scores {
  const titleNorm = new Float32Array(docs);
  let length = 0;
  for (let doc = 0; doc < docs; doc++) length += (titles.titleEnd[doc] ?? 0) - (titles.start[doc] ?? 0);
  const average = Math.max(1, length / Math.max(1, docs));
  for (let doc = 0; doc < docs; doc++) {
    const own = (titles.titleEnd[doc] ?? 0) - (titles.start[doc] ?? 0);
    titleNorm[doc] = 1 / (1 - TUNING.titleLengthNorm + (TUNING.titleLengthNorm * own) / average);
  }
  const zeros = () => new Float32Array(docs);
  return { titleNorm, total: zeros(), met: zeros(), current: zeros(), quality: zeros() };
}

/** Puts max(current, this match) into `current`; articles seen for the first time go to `touched`. */
function applyMatch(corpus: Corpus, scores: Scores, match: Match, touched: number[]): void {
  const { titles, body } = corpus;
  const { current, quality, titleNorm } = scores;
  let [at, end] = match.stem < 0 ? [0, 0] : [titles.docStart[match.stem] ?? 0, titles.docStart[match.stem + 1] ?? 0];
  let [bodyAt, bodyEnd] = match.term < 0 ? [0, 0] : [body.start[match.term] ?? 0, body.start[match.term + 1] ?? 0];
  const none = corpus.docs;
  while (at < end || bodyAt < bodyEnd) {
    const titleDoc = at < end ? (titles.docs[at] ?? none) : none;
    const bodyDoc = bodyAt < bodyEnd ? (body.docs[bodyAt] ?? none) : none;
    const doc = Math.min(titleDoc, bodyDoc);
    let value = 0;
    if (titleDoc === doc) {
      value += TUNING.titleWeight * (titleNorm[doc] ?? 0);
      at++;
    }
    if (bodyDoc === doc) value += (TUNING.bodyWeight * (body.impacts[bodyAt++] ?? 0)) / 15;
    value *= match.weight * match.idf;
    const best = current[doc] ?? 0;
    if (best === 0) touched.push(doc);
    if (value > best) {
      current[doc] = value;
      quality[doc] = match.weight;
    }
  }
}

/** Fills total and met; returns the articles that were met at all, unordered. Call `clear` with them afterwards. */
export function scoreAll(corpus: Corpus, scores: Scores, words: readonly QueryWord[]): number[] {
  const { total, met, current, quality } = scores;
  const all: number[] = [];
  for (const word of words) {
    const touched: number[] = [];
    for (const match of word.matches) applyMatch(corpus, scores, match, touched);
    for (const doc of touched) {
      if ((met[doc] ?? 0) === 0) all.push(doc);
      const factor = word.isStop ? TUNING.stopWeight : 1;
      total[doc] = (total[doc] ?? 0) + (current[doc] ?? 0) * factor;
      met[doc] = (met[doc] ?? 0) + word.weight * (quality[doc] ?? 0) + 1e-6;
      current[doc] = 0;
      quality[doc] = 0;
    }
  }
  const whole = words.reduce((sum, word) => sum + word.weight, 0) || 1;
  for (const doc of all) total[doc] = (total[doc] ?? 0) * Math.min(1, (met[doc] ?? 0) / whole) ** TUNING.coverage;
  return all;
}

export function clear(scores: Scores, docs: readonly number[]): void {
  for (const doc of docs) {
    scores.total[doc] = 0;
    scores.met[doc] = 0;
  }
}
