import { wordAt } from './codec/word-pool.ts';
import type { Corpus } from './corpus.ts';
import { type LineFit, lineFit, metBy } from './line-fit.ts';
import type { QueryWord } from './query.ts';
import type { Scores } from './score.ts';
import { TUNING } from './tuning.ts';

const worth = ({ line, query, pairs }: LineFit, lineShare: number, queryShare: number): number =>
  line ** lineShare * query ** queryShare * (1 + TUNING.adjacency * pairs);

export const better = (a: readonly [number, number], b: readonly [number, number]) =>
  b[1] - a[1] || a[0] - b[0];

/** How well titles, headings and leads fit the query; built once per search, asked for each good candidate. */
function fitter(corpus: Corpus, words: readonly QueryWord[]): (doc: number) => number {
  const { titles, body, lines } = corpus;
  const idf = (frequency: number) => Math.log(1 + corpus.docs / (1 + frequency));
  const stemIdf = (stem: number) => idf((titles.docStart[stem + 1] ?? 0) - (titles.docStart[stem] ?? 0));
  const termIdf = (term: number) => idf(body.frequency[term] ?? 0);
  const stems = metBy(words, 'stem');
  const terms = metBy(words, 'term');
  const typed = new Set(words.map(({ word }) => titles.wordIds.get(word) ?? -1));
  const asStems = new Uint32Array(512);

  const titleFit = (doc: number): number => {
    const [from, to] = [titles.start[doc] ?? 0, titles.titleEnd[doc] ?? 0];
    const length = Math.min(to - from, asStems.length);
    const seen = new Set<number>();
    for (let i = 0; i < length; i++) {
      const word = titles.tokens[from + i] ?? 0;
      asStems[i] = titles.stemOf[word] ?? 0;
      if (typed.has(word)) seen.add(word);
    }
    const isExact = length === words.length && seen.size === words.length;
    const letters = (TUNING.surface * seen.size) / words.length;
    const fit = worth(
      lineFit(asStems, length, stems, words, stemIdf),
      TUNING.titleLineShare,
      TUNING.titleQueryShare,
    );
    return TUNING.titleFit * fit + letters + (isExact ? TUNING.exactTitle : 0);
  };
  const linesFit = (doc: number): number => {
    let best = 0;
    lines.each(doc, (buffer, length, line) => {
      const fit = worth(lineFit(buffer, length, terms, words, termIdf), TUNING.lineShare, TUNING.queryShare);
      best = Math.max(best, fit * (line === 0 ? TUNING.leadFit : TUNING.headingFit));
    });
    return best;
  };
  return (doc) => titleFit(doc) + linesFit(doc);
}

/** [article, score] of the best candidates, best first, after a look at their titles and headings. */
export function rerank(
  corpus: Corpus,
  candidates: readonly number[],
  scores: Scores,
  words: readonly QueryWord[],
): (readonly [number, number])[] {
  if (candidates.length === 0) return [];
  const { title, body, met } = scores;
  const first = (doc: number) =>
    (met[doc] ?? 0) ** TUNING.coverage * (TUNING.titleWeight * (title[doc] ?? 0) + (body[doc] ?? 0));
  const fit = fitter(corpus, words);
  const second = (doc: number) =>
    (met[doc] ?? 0) ** TUNING.coverage2 *
    (TUNING.titlePart * (title[doc] ?? 0) + TUNING.bodyPart * (body[doc] ?? 0) + fit(doc));
  return candidates
    .map((doc) => [doc, first(doc)] as const)
    .sort(better)
    .slice(0, TUNING.candidates)
    .map(([doc]) => [doc, second(doc)] as const)
    .sort(better);
}

/** The distinct title words that the query met, as `highlight` marks them. */
export function metTitleWords(corpus: Corpus, doc: number, words: readonly QueryWord[]): string[] {
  const met = metBy(words, 'stem');
  const { titles } = corpus;
  const found = new Set<string>();
  for (let at = titles.start[doc] ?? 0; at < (titles.titleEnd[doc] ?? 0); at++) {
    const word = titles.tokens[at] ?? 0;
    if (met.has(titles.stemOf[word] ?? 0)) found.add(wordAt(titles.words, word));
  }
  return [...found];
}
