import { fold } from './analysis/fold.ts';
import { foldedWords } from './analysis/words.ts';
import { prefixRange, startingWith, wordAt } from './codec/word-pool.ts';
import { type Corpus, idfOf, isKnown, type StemRef, stemRef } from './corpus.ts';
import { allowedDistance, nearWords } from './near-words.ts';
import type { Replaceable } from './synonyms.ts';
import { TUNING } from './tuning.ts';

/** One way in which a word of the query can be met, and what it is then worth (1 = the word itself). */
export type Match = StemRef & { readonly weight: number; readonly idf: number };

export type QueryWord = {
  readonly word: string;
  readonly isStop: boolean;
  readonly isLast: boolean;
  readonly matches: readonly Match[];
  /** What the word counts for in "how much of the query was met". */
  readonly weight: number;
};

/** Nobody asks in more words; hostile input is cut here. */
const MAX_QUERY = 300;
const MAX_WORDS = 20;

type Found = Map<string, Match>;

function add(found: Found, corpus: Corpus, ref: StemRef, weight: number): void {
  if (!isKnown(ref)) return;
  const key = `${ref.stem}/${ref.term}`;
  if ((found.get(key)?.weight ?? 0) < weight) found.set(key, { ...ref, weight, idf: idfOf(corpus, ref) });
}

/** The body's number of a title stem and the other way round, so that one match counts in both. */
function refOfTitleWord(corpus: Corpus, word: number): StemRef {
  return stemRef(corpus, corpus.analyser.stem(wordAt(corpus.titles.words, word)));
}
const refOfTerm = (corpus: Corpus, term: number): StemRef => ({
  stem: corpus.titles.stemIds.get(wordAt(corpus.body.terms, term)) ?? -1,
  term,
});

function addPrefixes(found: Found, corpus: Corpus, word: string): void {
  const { words } = corpus.titles;
  const lengthOf = (index: number) => (words.start[index + 1] ?? 0) - (words.start[index] ?? 0);
  const inTitles = startingWith(words, word)
    .sort((a, b) => lengthOf(a) - lengthOf(b))
    .slice(0, TUNING.maxPrefixWords);
  for (const index of inTitles) {
    add(
      found,
      corpus,
      refOfTitleWord(corpus, index),
      TUNING.prefix * (word.length / lengthOf(index)) ** TUNING.prefixLength,
    );
  }
  if (word.length < 3) return;
  const [from, to] = prefixRange(corpus.body.terms, word);
  for (let term = from; term < Math.min(to, from + TUNING.maxPrefixWords); term++) {
    add(found, corpus, refOfTerm(corpus, term), TUNING.bodyPrefix);
  }
  // "configurati" is on its way to a word whose stem, "configur", is shorter than what was typed.
  for (let cut = 1; cut <= 3 && word.length - cut >= 4; cut++) {
    add(found, corpus, stemRef(corpus, word.slice(0, -cut)), TUNING.bodyPrefix);
  }
}

function addNear(found: Found, corpus: Corpus, word: string): void {
  const limit = allowedDistance(word.length);
  const weightOf = (distance: number) => (distance === 1 ? TUNING.fuzzy1 : TUNING.fuzzy2);
  for (const { index, distance } of nearWords(corpus.titles.words, word, limit)) {
    add(found, corpus, refOfTitleWord(corpus, index), weightOf(distance));
  }
  const stem = corpus.analyser.stem(word);
  for (const { index, distance } of nearWords(corpus.body.terms, stem, allowedDistance(stem.length))) {
    add(found, corpus, refOfTerm(corpus, index), weightOf(distance));
  }
}

type Asked = { readonly word: string; readonly stem: string; readonly isLast: boolean };

function queryWord(word: string, isStop: boolean, isLast: boolean, found: Found): QueryWord {
  const matches = [...found.values()];
  const strongest = matches.reduce((best, match) => Math.max(best, match.weight * match.idf), 0);
  return { word, isStop, isLast, matches, weight: strongest * (isStop ? TUNING.stopWeight : 1) };
}

function interpretWord(
  corpus: Corpus,
  { word, stem, isLast }: Asked,
  synonyms: readonly string[],
): QueryWord {
  const found: Found = new Map();
  const isStop = corpus.analyser.isStop(word);
  add(found, corpus, stemRef(corpus, stem), 1);
  const unknown = found.size === 0;
  if (isLast && !isStop) addPrefixes(found, corpus, word);
  if (unknown && !isStop) addNear(found, corpus, word);
  for (const synonym of synonyms) add(found, corpus, stemRef(corpus, synonym), TUNING.synonym);
  return queryWord(word, isStop, isLast, found);
}

/** A word that was put in by a rewording: only itself counts, and not quite as much as if it had been typed. */
function reworded(corpus: Corpus, stem: string): QueryWord {
  const found: Found = new Map();
  const ref = stemRef(corpus, stem);
  add(found, corpus, ref, TUNING.reworded);
  const isStop = corpus.analyser.isStop(stem);
  const weight = idfOf(corpus, ref) * (isStop ? TUNING.stopWeight : 1);
  return { word: stem, isStop, isLast: false, matches: [...found.values()], weight };
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

/** The words of the query with all they may stand for; after it, its rewordings. */
export function interpret(corpus: Corpus, query: string): QueryWord[][] {
  const { analyser, synonyms } = corpus;
  const text = query.slice(0, MAX_QUERY);
  const words = [...new Set(foldedWords(fold(text), analyser.lang))].slice(0, MAX_WORDS);
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
    return interpretWord(corpus, { word, stem: stems[at] ?? word, isLast }, synonymsOf(at));
  });
  return [typed, ...rewordings(corpus, typed, replaceable)];
}
