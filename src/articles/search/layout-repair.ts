import { fold } from './analysis/fold.ts';
import { foldedWords } from './analysis/words.ts';
import { startingWith } from './codec/word-pool.ts';
import { type Corpus, isKnown, stemRef } from './corpus.ts';
import { otherKeyboards } from './keyboard.ts';

/** Is every word of this piece one that the articles use? The last may still be on its way to one. */
function isUnderstood(corpus: Corpus, piece: string, isLast: boolean): boolean {
  const { analyser, titles } = corpus;
  const words = foldedWords(fold(piece), analyser.lang);
  const known = (word: string) =>
    analyser.isStop(word) ||
    isKnown(stemRef(corpus, analyser.stem(word))) ||
    (isLast && word.length >= 3 && startingWith(titles.words, word).length > 0);
  return words.length > 0 && words.every(known);
}

/**
 * The query as another keyboard layout would have written it, when that makes words of what was none:
 * piece by piece, since people switch in the middle ("microsoft ыгззщке"); pieces that could be either follow
 * the majority.
 */
export function repairLayout(corpus: Corpus, query: string): string | undefined {
  const typed = query.trim().split(/\s+/);
  const typedKnown = typed.map((piece, i) => isUnderstood(corpus, piece, i === typed.length - 1));
  if (typedKnown.every(Boolean)) return undefined;
  for (const candidate of otherKeyboards(typed.join(' '), corpus.analyser.lang)) {
    const other = candidate.split(' ');
    const otherKnown = other.map((piece, i) => isUnderstood(corpus, piece, i === other.length - 1));
    const wins = other.filter((_, i) => otherKnown[i] && !typedKnown[i]).length;
    const losses = other.filter((_, i) => typedKnown[i] && !otherKnown[i]).length;
    if (wins === 0) continue;
    const takes = (i: number) => (typedKnown[i] === otherKnown[i] ? wins > losses : otherKnown[i] === true);
    return other.map((piece, i) => (takes(i) ? piece : typed[i])).join(' ');
  }
  return undefined;
}
