import { wordAt } from './codec/word-pool.ts';
import type { Corpus } from './corpus.ts';
import type { QueryWord } from './query.ts';
import { TUNING } from './tuning.ts';

/** Title stem -> how well and by which word of the query it is met. */
type Met = { readonly weight: number; readonly position: number };

function metStems(words: readonly QueryWord[]): Map<number, Met> {
  const met = new Map<number, Met>();
  words.forEach(({ matches }, position) => {
    for (const { stem, weight } of matches) {
      if (stem >= 0 && (met.get(stem)?.weight ?? 0) < weight) met.set(stem, { weight, position });
    }
  });
  return met;
}

export type TitleFit = {
  /** Share of the title (by rarity of its words) that the query names. */
  readonly coverage: number;
  /** Share of the query's words that stand in the title letter for letter. */
  readonly surface: number;
  /** Share of the query's neighbouring words that are neighbours in the title. */
  readonly adjacency: number;
  /** The query is the title. */
  readonly exact: boolean;
};

/** Compares the words of one title with the query; only for the best candidates, as it looks at every word. */
export function titleFit(
  corpus: Corpus,
  doc: number,
  words: readonly QueryWord[],
  met: Map<number, Met>,
  idf: (stem: number) => number,
): TitleFit {
  const { titles } = corpus;
  const [from, to] = [titles.start[doc] ?? 0, titles.titleEnd[doc] ?? 0];
  const typed = new Set(words.map(({ word }) => titles.wordIds.get(word) ?? -1));
  let [whole, covered, surface, pairs, previous] = [0, 0, 0, 0, -9];
  const seen = new Set<number>();
  for (let at = from; at < to; at++) {
    const word = titles.tokens[at] ?? 0;
    const stem = titles.stemOf[word] ?? 0;
    const hit = met.get(stem);
    whole += idf(stem);
    covered += (hit?.weight ?? 0) * idf(stem);
    if (typed.has(word) && !seen.has(word)) surface++;
    seen.add(word);
    if (hit && hit.position === previous + 1) pairs++;
    previous = hit ? hit.position : -9;
  }
  const count = Math.max(1, words.length);
  return {
    coverage: whole === 0 ? 0 : covered / whole,
    surface: surface / count,
    adjacency: pairs / Math.max(1, count - 1),
    exact: to - from === words.length && surface === words.length,
  };
}

const better = (a: readonly [number, number], b: readonly [number, number]) => b[1] - a[1] || a[0] - b[0];

/** [article, score] of the best candidates, best first, after a look at their titles. */
export function rerank(
  corpus: Corpus,
  candidates: readonly number[],
  total: Float32Array,
  words: readonly QueryWord[],
): (readonly [number, number])[] {
  const met = metStems(words);
  const { docStart } = corpus.titles;
  const idf = (stem: number) =>
    Math.log(1 + corpus.docs / (1 + (docStart[stem + 1] ?? 0) - (docStart[stem] ?? 0)));
  return candidates
    .map((doc) => [doc, total[doc] ?? 0] as const)
    .sort(better)
    .slice(0, TUNING.candidates)
    .map(([doc, base]) => {
      const fit = titleFit(corpus, doc, words, met, idf);
      const bonus =
        1 +
        TUNING.titleCoverage * fit.coverage +
        TUNING.surface * fit.surface +
        TUNING.adjacency * fit.adjacency +
        (fit.exact ? TUNING.exactTitle : 0);
      return [doc, base * bonus] as const;
    })
    .sort(better);
}

/** The distinct title words that `words` met, as the reader would mark them. */
export function metTitleWords(corpus: Corpus, doc: number, words: readonly QueryWord[]): string[] {
  const met = metStems(words);
  const { titles } = corpus;
  const found = new Set<string>();
  for (let at = titles.start[doc] ?? 0; at < (titles.titleEnd[doc] ?? 0); at++) {
    const word = titles.tokens[at] ?? 0;
    if (met.has(titles.stemOf[word] ?? 0)) found.add(wordAt(titles.words, word));
  }
  return [...found];
}
