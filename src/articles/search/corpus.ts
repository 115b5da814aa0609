import type { Analyser } from './analysis/analyser.ts';
import type { Lines } from './codec/lines.ts';
import type { Postings } from './codec/postings.ts';
import { findSorted } from './codec/word-pool.ts';
import type { Synonyms } from './synonyms.ts';
import type { TitleIndex } from './title-index.ts';

/** What a query is matched against: the titles, and headings or whole bodies as far as they have arrived. */
export type Corpus = {
  readonly analyser: Analyser;
  readonly docs: number;
  readonly titles: TitleIndex;
  readonly body: Postings;
  readonly lines: Lines;
  readonly synonyms: Synonyms;
};

/** A stem as the two indexes number it; -1 where it does not occur. */
export type StemRef = { readonly stem: number; readonly term: number };

export const stemRef = ({ titles, body }: Corpus, stem: string): StemRef => ({
  stem: titles.stemIds.get(stem) ?? -1,
  term: findSorted(body.terms, stem),
});

export const isKnown = (ref: StemRef): boolean => ref.stem >= 0 || ref.term >= 0;

/** In how many articles it occurs; the two indexes overlap, so the larger count is the estimate. */
export function frequencyOf({ titles, body }: Corpus, { stem, term }: StemRef): number {
  const inTitles = stem < 0 ? 0 : (titles.docStart[stem + 1] ?? 0) - (titles.docStart[stem] ?? 0);
  return Math.max(inTitles, term < 0 ? 0 : (body.frequency[term] ?? 0));
}

export function idfOf(corpus: Corpus, ref: StemRef): number {
  const frequency = frequencyOf(corpus, ref);
  return Math.log(1 + (corpus.docs - frequency + 0.5) / (frequency + 0.5));
}
