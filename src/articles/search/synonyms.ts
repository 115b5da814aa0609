import type { Analyser } from './analysis/analyser.ts';
import type { IndexDoc } from './build-index.ts';
import type { TermPostings } from './codec/postings.ts';

/** The groups that can help: those with at least one word that occurs in the articles. One line per group. */
export function usefulSynonyms(
  _groups: readonly (readonly string[])[],
  _analyser: Analyser,
  _docs: readonly IndexDoc[],
  _terms: readonly TermPostings[],
): string {
  return '';
}
