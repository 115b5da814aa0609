import type { Corpus } from './corpus.ts';
import { type LineFit, lineFit, type Met, metOf } from './line-fit.ts';
import type { QueryWord } from './query.ts';
import type { Scores } from './score.ts';
import { TUNING } from './tuning.ts';

/** What the second look needs of a corpus, computed once and reused. */
export type Fitter = {
  readonly stems: Met;
  readonly terms: Met;
  readonly stemIdf: Float32Array;
  readonly termIdf: Float32Array;
  /** The stems of all title words, in the order of `titles.tokens`. */
  readonly titleStems: Uint32Array;
};

/** Rarity of numbered stems or terms, from the number of articles that hold each. */
function rarities(size: number, docs: number, frequency: (id: number) => number): Float32Array {
  const idf = new Float32Array(size);
  for (let id = 0; id < size; id++) idf[id] = Math.log(1 + docs / (1 + frequency(id)));
  return idf;
}

export function fitterFor({ docs, titles, body }: Corpus): Fitter {
  const stems = titles.docStart.length - 1;
  const inTitles = (stem: number) => (titles.docStart[stem + 1] ?? 0) - (titles.docStart[stem] ?? 0);
  const titleStems = new Uint32Array(titles.tokens.length);
  for (let i = 0; i < titleStems.length; i++) titleStems[i] = titles.stemOf[titles.tokens[i] ?? 0] ?? 0;
  return {
    stems: metOf(stems),
    terms: metOf(body.terms.size),
    stemIdf: rarities(stems, docs, inTitles),
    termIdf: rarities(body.terms.size, docs, (term) => body.frequency[term] ?? 0),
    titleStems,
  };
}

const worth = ({ line, query, pairs }: LineFit, lineShare: number, queryShare: number): number =>
  query === 0 ? 0 : line ** lineShare * query ** queryShare * (1 + TUNING.adjacency * pairs);

/** How many of the words stand in the title letter for letter. */
function inLetters({ titles }: Corpus, doc: number, typed: readonly number[]): number {
  const end = titles.titleEnd[doc] ?? 0;
  let count = 0;
  for (const word of typed) {
    for (let at = titles.start[doc] ?? 0; at < end; at++) {
      if (titles.tokens[at] !== word) continue;
      count++;
      break;
    }
  }
  return count;
}

/** How well the title of an article fits: as a line, and letter for letter. */
function titleFit(
  corpus: Corpus,
  fitter: Fitter,
  doc: number,
  words: readonly QueryWord[],
  typed: readonly number[],
): number {
  const { start, titleEnd } = corpus.titles;
  const [from, to] = [start[doc] ?? 0, titleEnd[doc] ?? 0];
  const letters = inLetters(corpus, doc, typed);
  const isExact = to - from === words.length && letters === words.length;
  const fit = lineFit(fitter.titleStems, from, to, fitter.stems, words, fitter.stemIdf);
  return (
    TUNING.titleFit * worth(fit, TUNING.titleLineShare, TUNING.titleQueryShare) +
    (TUNING.surface * letters) / words.length +
    (isExact ? TUNING.exactTitle : 0)
  );
}

/** How well the best of the article's lines fits. */
function linesFit({ lines }: Corpus, fitter: Fitter, doc: number, words: readonly QueryWord[]): number {
  const first = lines.docStart[doc] ?? 0;
  const end = lines.docStart[doc + 1] ?? 0;
  let best = 0;
  for (let line = first; line < end; line++) {
    const [from, to] = [lines.lineStart[line] ?? 0, lines.lineStart[line + 1] ?? 0];
    const fit = worth(
      lineFit(lines.terms, from, to, fitter.terms, words, fitter.termIdf),
      TUNING.lineShare,
      TUNING.queryShare,
    );
    best = Math.max(best, fit * (line === first ? TUNING.leadFit : TUNING.headingFit));
  }
  return best;
}

export type Ranked = readonly [doc: number, score: number];
export const better = (a: Ranked, b: Ranked) => b[1] - a[1] || a[0] - b[0];

const STEPS = 1024;
const histogram = new Uint32Array(STEPS);

/** The articles worth a second look: about the `limit` best by the sums of the first, in no order. */
function candidatesOf({ title, body, met }: Scores, found: Uint32Array, limit: number): Uint32Array {
  if (found.length <= limit) return found;
  const sums = new Float32Array(found.length);
  let most = 0;
  for (let i = 0; i < found.length; i++) {
    const doc = found[i] ?? 0;
    const share = met[doc] ?? 0;
    // The square root spreads the many weak ones over the steps.
    const sum = share * Math.sqrt(TUNING.titleWeight * (title[doc] ?? 0) + (body[doc] ?? 0));
    sums[i] = sum;
    if (sum > most) most = sum;
  }
  const step = (sum: number) => Math.floor((sum / most) * (STEPS - 1));
  histogram.fill(0);
  for (const sum of sums) histogram[step(sum)] = (histogram[step(sum)] ?? 0) + 1;
  let lowest = STEPS - 1;
  for (let count = histogram[lowest] ?? 0; count < limit && lowest > 0; count += histogram[lowest] ?? 0)
    lowest--;
  return found.filter((_, i) => step(sums[i] ?? 0) >= lowest).slice(0, 2 * limit);
}

/** The best candidates, best first, after a look at their titles, headings and leads. */
export function rerank(
  corpus: Corpus,
  fitter: Fitter,
  scores: Scores,
  found: Uint32Array,
  words: readonly QueryWord[],
  limit: number,
): Ranked[] {
  words.forEach(({ matches }, position) => {
    for (const { stem, term, weight } of matches) {
      fitter.stems.set(stem, weight, position);
      fitter.terms.set(term, weight, position);
    }
  });
  const typed = words.map(({ word }) => corpus.titles.wordIds.get(word) ?? -1);
  const { title, body, met } = scores;
  const result = Array.from(candidatesOf(scores, found, limit), (doc): Ranked => {
    const secondLook =
      TUNING.titlePart * (title[doc] ?? 0) +
      TUNING.bodyPart * (body[doc] ?? 0) +
      titleFit(corpus, fitter, doc, words, typed) +
      linesFit(corpus, fitter, doc, words);
    return [doc, (met[doc] ?? 0) ** TUNING.coverage * secondLook];
  });
  fitter.stems.clear();
  fitter.terms.clear();
  return result.sort(better);
}
