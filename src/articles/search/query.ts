import { fold } from './analysis/fold.ts';
import { foldedWords } from './analysis/words.ts';
import { type Corpus, idfOf, isKnown, stemRef } from './corpus.ts';
import { type Match, matchesOf } from './matches.ts';
import type { Replaceable } from './synonyms.ts';
import { TUNING } from './tuning.ts';

export type QueryWord = {
  readonly word: string;
  readonly matches: readonly Match[];
  /** What the word counts for in "how much of the query was met". */
  readonly weight: number;
  /** Words that say little count for less everywhere. */
  readonly factor: number;
  /** It was not typed but put in by a rewording. */
  readonly isPutIn: boolean;
};

/** Nobody asks in more words; hostile input is cut here. */
const MAX_QUERY = 300;
const MAX_WORDS = 20;

function queryWord(corpus: Corpus, word: string, matches: readonly Match[]): QueryWord {
  const strongest = matches.reduce((best, match) => Math.max(best, match.weight * match.idf), 0);
  const factor = corpus.analyser.isStop(word) ? TUNING.stopWeight : 1;
  return { word, matches, factor, weight: strongest * factor, isPutIn: false };
}

/** A word that was put in by a rewording: only itself counts, and not quite as much as if it had been typed. */
function reworded(corpus: Corpus, stem: string): QueryWord {
  const ref = stemRef(corpus, stem);
  const idf = idfOf(corpus, ref);
  const whole = queryWord(corpus, stem, [{ ...ref, weight: 1, idf }]);
  return { ...whole, isPutIn: true, matches: [{ ...ref, weight: TUNING.reworded, idf }] };
}

/** Whole queries in which a synonym of several words, or for several words, stands in the place of what was typed. */
function rewordings(
  corpus: Corpus,
  typed: readonly QueryWord[],
  replaceable: readonly Replaceable[],
): QueryWord[][] {
  return replaceable
    .flatMap(({ at, length, others }) =>
      others
        .filter((other) => length + other.length > 2 && other.every((stem) => isKnown(stemRef(corpus, stem))))
        .map((other) => ({ at, length, other })),
    )
    .slice(0, TUNING.maxRewordings)
    .map(({ at, length, other }) => [
      ...typed.slice(0, at),
      ...other.map((stem) => reworded(corpus, stem)),
      ...typed.slice(at + length),
    ]);
}

const isLatin = (word: string) => word.charCodeAt(0) < 0x80;

/** A name written in both alphabets ("تيمز Teams") is one word: the spelling that the articles use stays. */
function withoutDoubles(corpus: Corpus, words: readonly string[]): string[] {
  const { analyser, synonyms } = corpus;
  const stems = words.map(analyser.stem);
  const doubles = new Set<string>();
  for (const { at, length, others } of synonyms.find(stems)) {
    const word = words[at] ?? '';
    if (length > 1 || !isLatin(word)) continue;
    const other = words.findIndex((_, i) => others.some((o) => o.length === 1 && o[0] === stems[i]));
    const own = words[other];
    if (own === undefined || isLatin(own)) continue;
    doubles.add(isKnown(stemRef(corpus, stems[at] ?? '')) ? own : word);
  }
  return words.filter((word) => !doubles.has(word));
}

/** The words of the query with all they may stand for; after it, its rewordings. */
export function interpret(corpus: Corpus, query: string): QueryWord[][] {
  const { analyser, synonyms } = corpus;
  const text = query.slice(0, MAX_QUERY);
  const distinct = new Set(foldedWords(fold(text), analyser.lang));
  const words = withoutDoubles(corpus, [...distinct].slice(0, MAX_WORDS));
  const isTyping = !/\s$/.test(text);
  const stems = words.map(analyser.stem);
  const replaceable = synonyms.find(stems);
  const synonymsOf = (at: number) =>
    replaceable
      .filter((one) => one.at === at && one.length === 1)
      .flatMap(({ others }) => others)
      .flatMap((other) => (other.length === 1 ? other : []));
  const typed = words.map((word, at) => {
    const isLast = isTyping && at === words.length - 1;
    return queryWord(corpus, word, matchesOf(corpus, word, isLast, synonymsOf(at)));
  });
  return [typed, ...rewordings(corpus, typed, replaceable)];
}
