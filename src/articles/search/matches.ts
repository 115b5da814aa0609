import { prefixRange, startingWith, wordAt } from './codec/word-pool.ts';
import { type Corpus, frequencyOf, idfOf, isKnown, type StemRef, stemRef } from './corpus.ts';
import { allowedDistance, nearWords } from './near-words.ts';
import { TUNING } from './tuning.ts';

/** One way in which a word of the query can be met, and what it is then worth (1 = the word itself). */
export type Match = StemRef & { readonly weight: number; readonly idf: number };

type Found = Map<string, { readonly ref: StemRef; readonly weight: number }>;

function add(found: Found, ref: StemRef, weight: number): void {
  if (!isKnown(ref)) return;
  const key = `${ref.stem}/${ref.term}`;
  if ((found.get(key)?.weight ?? 0) < weight) found.set(key, { ref, weight });
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
      refOfTitleWord(corpus, index),
      TUNING.prefix * (word.length / lengthOf(index)) ** TUNING.prefixLength,
    );
  }
  if (word.length < 3) return;
  const [from, to] = prefixRange(corpus.body.terms, word);
  for (let term = from; term < Math.min(to, from + TUNING.maxPrefixWords); term++) {
    add(found, refOfTerm(corpus, term), TUNING.bodyPrefix);
  }
  // "configurati" is on its way to a word whose stem, "configur", is shorter than what was typed.
  for (let cut = 1; cut <= 3 && word.length - cut >= 4; cut++) {
    add(found, stemRef(corpus, word.slice(0, -cut)), TUNING.bodyPrefix);
  }
}

function addNear(found: Found, corpus: Corpus, word: string): void {
  const limit = allowedDistance(word.length);
  const weightOf = (distance: number) => (distance === 1 ? TUNING.fuzzy1 : TUNING.fuzzy2);
  for (const { index, distance } of nearWords(corpus.titles.words, word, limit)) {
    add(found, refOfTitleWord(corpus, index), weightOf(distance));
  }
  const stem = corpus.analyser.stem(word);
  for (const { index, distance } of nearWords(corpus.body.terms, stem, allowedDistance(stem.length))) {
    add(found, refOfTerm(corpus, index), weightOf(distance));
  }
}

/**
 * Words of the same family: "ограничивает" and "ограничение" have different stems but begin alike. The shared
 * beginning must be most of both. Porter's English stems have met already.
 */
function addFamily(found: Found, corpus: Corpus, stem: string): void {
  const { terms } = corpus.body;
  if (stem.length < TUNING.familyRoot || stem.charCodeAt(0) < 0x80) return;
  const root = stem.slice(0, Math.max(TUNING.familyRoot, Math.ceil(stem.length * TUNING.familyShare)));
  const isNear = (other: string) => root.length >= other.length * TUNING.familyShare;
  const [from, to] = prefixRange(terms, root);
  for (let term = from; term < to; term++) {
    if (isNear(wordAt(terms, term))) add(found, refOfTerm(corpus, term), TUNING.family);
  }
  for (const index of startingWith(corpus.titles.words, root)) {
    const ref = refOfTitleWord(corpus, index);
    if (isNear(corpus.analyser.stem(wordAt(corpus.titles.words, index)))) add(found, ref, TUNING.family);
  }
}

/** All that a word of the query may be met by: itself, what it begins, what it was meant to be, what means the same. */
export function matchesOf(
  corpus: Corpus,
  word: string,
  isLast: boolean,
  synonyms: readonly string[],
): Match[] {
  const { analyser } = corpus;
  const stem = analyser.stem(word);
  const ref = stemRef(corpus, stem);
  const found: Found = new Map();
  add(found, ref, 1);
  // A word that only one article has, somewhere in its text, is more often a slip than what was meant.
  const isDoubtful = found.size === 0 || (ref.stem < 0 && frequencyOf(corpus, ref) === 1);
  if (!analyser.isStop(word)) {
    if (isLast) addPrefixes(found, corpus, word);
    if (isDoubtful) addNear(found, corpus, word);
    addFamily(found, corpus, stem);
  }
  for (const synonym of synonyms) add(found, stemRef(corpus, synonym), TUNING.synonym);
  return [...found.values()].map((match) => ({
    ...match.ref,
    weight: match.weight,
    idf: idfOf(corpus, match.ref),
  }));
}
