import type { Analyser } from './analysis/analyser.ts';
import { fold } from './analysis/fold.ts';
import { foldedWords } from './analysis/words.ts';
import { poolOf, type WordPool, wordAt } from './codec/word-pool.ts';

/**
 * The index of titles and keywords is made when they arrive instead of being sent beside them: titles have to
 * travel anyway to be shown, and analysing ten thousand takes less time than downloading their postings.
 */
export type TitleIndex = {
  /** Distinct folded words as written, in order of first appearance, and the number of each. */
  readonly words: WordPool;
  readonly wordIds: ReadonlyMap<string, number>;
  /** word -> stem */
  readonly stemOf: Uint32Array;
  readonly stemIds: ReadonlyMap<string, number>;
  /** Words of article d: tokens[start[d]] .. tokens[start[d + 1] - 1]; those from titleEnd[d] on are keywords. */
  readonly tokens: Uint32Array;
  readonly start: Uint32Array;
  readonly titleEnd: Uint32Array;
  /** Articles of stem s, ascending, each once: docs[docStart[s]] .. docs[docStart[s + 1] - 1]. */
  readonly docs: Uint32Array;
  readonly docStart: Uint32Array;
};

type Vocabulary = {
  readonly wordIds: Map<string, number>;
  readonly stemIds: Map<string, number>;
  readonly stemOf: number[];
};

function wordId(word: string, vocabulary: Vocabulary, analyser: Analyser): number {
  const known = vocabulary.wordIds.get(word);
  if (known !== undefined) return known;
  const id = vocabulary.stemOf.length;
  vocabulary.wordIds.set(word, id);
  const stem = analyser.stem(word);
  const stemId = vocabulary.stemIds.get(stem) ?? vocabulary.stemIds.size;
  vocabulary.stemIds.set(stem, stemId);
  vocabulary.stemOf.push(stemId);
  return id;
}

/** Counting sort of (stem, article) pairs; an article counts once per stem. */
function invert(tokens: Uint32Array, start: Uint32Array, stemOf: Uint32Array, stems: number) {
  const docStart = new Uint32Array(stems + 1);
  const lastDoc = new Int32Array(stems).fill(-1);
  const eachPair = (visit: (stem: number, doc: number) => void) => {
    lastDoc.fill(-1);
    for (let doc = 0; doc + 1 < start.length; doc++) {
      for (let at = start[doc] ?? 0; at < (start[doc + 1] ?? 0); at++) {
        const stem = stemOf[tokens[at] ?? 0] ?? 0;
        if (lastDoc[stem] === doc) continue;
        lastDoc[stem] = doc;
        visit(stem, doc);
      }
    }
  };
  eachPair((stem) => {
    docStart[stem + 1] = (docStart[stem + 1] ?? 0) + 1;
  });
  for (let stem = 0; stem < stems; stem++)
    docStart[stem + 1] = (docStart[stem + 1] ?? 0) + (docStart[stem] ?? 0);
  const docs = new Uint32Array(docStart[stems] ?? 0);
  const next = docStart.slice();
  eachPair((stem, doc) => {
    const at = next[stem] ?? 0;
    docs[at] = doc;
    next[stem] = at + 1;
  });
  return { docs, docStart };
}

/** `titles` and `keywords`: one line per article; `keywords` may be empty as a whole. */
export function indexTitles(titles: string, keywords: string, analyser: Analyser): TitleIndex {
  const vocabulary: Vocabulary = { wordIds: new Map(), stemIds: new Map(), stemOf: [] };
  const titleLines = fold(titles).split('\n');
  const keywordLines = fold(keywords).split('\n');
  const tokens: number[] = [];
  const start = new Uint32Array(titleLines.length + 1);
  const titleEnd = new Uint32Array(titleLines.length);
  titleLines.forEach((line, doc) => {
    for (const word of foldedWords(line, analyser.lang)) tokens.push(wordId(word, vocabulary, analyser));
    titleEnd[doc] = tokens.length;
    for (const word of foldedWords(keywordLines[doc] ?? '', analyser.lang)) {
      tokens.push(wordId(word, vocabulary, analyser));
    }
    start[doc + 1] = tokens.length;
  });
  const { wordIds, stemIds } = vocabulary;
  const [flat, stemOf] = [Uint32Array.from(tokens), Uint32Array.from(vocabulary.stemOf)];
  const inverted = invert(flat, start, stemOf, stemIds.size);
  return {
    words: poolOf([...wordIds.keys()]),
    wordIds,
    stemOf,
    stemIds,
    tokens: flat,
    start,
    titleEnd,
    ...inverted,
  };
}

/** The distinct folded words of a title whose stem is in `stems`. */
export function titleWordsMet(titles: TitleIndex, doc: number, stems: ReadonlySet<number>): string[] {
  const found = new Set<string>();
  for (let at = titles.start[doc] ?? 0; at < (titles.titleEnd[doc] ?? 0); at++) {
    const word = titles.tokens[at] ?? 0;
    if (stems.has(titles.stemOf[word] ?? -1)) found.add(wordAt(titles.words, word));
  }
  return [...found];
}
