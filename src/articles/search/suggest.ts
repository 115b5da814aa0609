import { fold } from './analysis/fold.ts';
import { foldedWords } from './analysis/words.ts';
import { startingWith, wordAt } from './codec/word-pool.ts';
import { type Corpus, frequencyOf, isKnown, type StemRef, stemRef } from './corpus.ts';
import { repairLayout } from './layout-repair.ts';
import { allowedDistance, nearWords } from './near-words.ts';

const PIECE = /[\p{L}\p{N}\p{M}\p{Cf}]+/gu;

/** A folded word of the titles as some title really spells it; folded Arabic would look like a mistake. */
function asWritten(corpus: Corpus, titles: readonly string[], word: string, { stem }: StemRef): string {
  const { docs, docStart } = corpus.titles;
  const title = titles[docs[docStart[stem] ?? 0] ?? 0] ?? '';
  const piece = (title.match(PIECE) ?? []).find((text) => fold(text) === word);
  return piece?.toLowerCase() ?? word;
}

/** The word of the titles that `word` was probably meant to be: the nearest, then the most used. */
function corrected(corpus: Corpus, titles: readonly string[], word: string): string | undefined {
  const best = nearWords(corpus.titles.words, word, allowedDistance(word.length))
    .map(({ index, distance }) => {
      const near = wordAt(corpus.titles.words, index);
      const ref = stemRef(corpus, corpus.analyser.stem(near));
      return { near, ref, distance, used: frequencyOf(corpus, ref) };
    })
    .sort((a, b) => a.distance - b.distance || b.used - a.used)[0];
  return best && asWritten(corpus, titles, best.near, best.ref);
}

/** "Did you mean": the query with unknown words corrected, or undefined when every word is understood. */
export function suggestFor(corpus: Corpus, titles: readonly string[], query: string): string | undefined {
  const repaired = repairLayout(corpus, query);
  if (repaired !== undefined) return repaired;
  const { analyser } = corpus;
  let isChanged = false;
  const words = query.split(/\s+/).map((piece) => {
    const [word = '', ...more] = foldedWords(fold(piece), analyser.lang);
    const isUnderstood =
      more.length > 0 ||
      analyser.isStop(word) ||
      isKnown(stemRef(corpus, analyser.stem(word))) ||
      startingWith(corpus.titles.words, word).length > 0;
    const better = isUnderstood ? undefined : corrected(corpus, titles, word);
    if (better !== undefined) isChanged = true;
    return better ?? piece;
  });
  return isChanged ? words.join(' ').trim() : undefined;
}
