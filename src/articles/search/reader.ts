import { analyserFor } from './analysis/analyser.ts';
import type { ByteReader } from './codec/bytes.ts';
import { type Envelope, unseal } from './codec/envelope.ts';
import { noLines, readLines } from './codec/lines.ts';
import { noPostings, readPostings } from './codec/postings.ts';
import type { Corpus } from './corpus.ts';
import { DamagedIndexError } from './damaged-index-error.ts';
import { repairLayout } from './layout-repair.ts';
import { interpret, type QueryWord } from './query.ts';
import { better, fitterFor, rerank } from './rerank.ts';
import { clear, scoreAll, scoresFor } from './score.ts';
import { suggestFor } from './suggest.ts';
import { readSynonyms } from './synonyms.ts';
import { indexTitles, titleWordsMet } from './title-index.ts';
import { TUNING } from './tuning.ts';

export type Hit = {
  readonly id: string;
  readonly title: string;
  readonly category?: string;
  readonly score: number;
  /** Folded words of the title that answer the query, for `highlight`. */
  readonly terms: readonly string[];
};

export type Reader = {
  readonly size: number;
  /** Adds the second tier. Throws DamagedIndexError, and goes on with the first, when it does not fit. */
  readonly addBody: (t1: Uint8Array) => void;
  /** Never throws; nothing found is an empty list. */
  readonly search: (query: string, limit: number) => Hit[];
  /** The query as it was probably meant, when that is something else. */
  readonly suggest: (query: string) => string | undefined;
};

/** What is left wrong after the checksum (another build's layout) must look the same to the caller. */
function damagedIfThrows<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof DamagedIndexError) throw cause;
    throw new DamagedIndexError('unreadable search index', { cause });
  }
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'));

function readCategories(content: ByteReader, docs: number): (doc: number) => string {
  const names = linesOf(content.text());
  if (names.length < 2) return () => names[0] ?? '';
  const numbers = Uint16Array.from({ length: docs }, () => content.varint());
  return (doc) => names[numbers[doc] ?? 0] ?? '';
}

function readFirstTier({ lang, content }: Envelope) {
  const docs = content.varint();
  const ids = linesOf(content.text());
  const titleText = content.text();
  const titles = docs === 0 ? [] : titleText.split('\n');
  if (ids.length !== docs || titles.length !== docs) throw new DamagedIndexError('articles do not add up');
  const keywords = content.text();
  const category = readCategories(content, docs);
  const synonyms = content.text();
  const analyser = analyserFor(lang);
  const corpus: Corpus = {
    analyser,
    docs,
    titles: indexTitles(titleText, keywords, analyser),
    body: noPostings(),
    lines: noLines(docs),
    synonyms: readSynonyms(synonyms),
  };
  return { corpus, ids, titles, category };
}

const stemsOf = (words: readonly QueryWord[]): Set<number> =>
  new Set(words.flatMap(({ matches }) => matches.map(({ stem }) => stem)));

export function openReader(t0: Uint8Array): Reader {
  const envelope = unseal(t0, 0);
  const { ids, titles, category, corpus: first } = damagedIfThrows(() => readFirstTier(envelope));
  let corpus = first;
  const scores = scoresFor(corpus);
  let fitter = fitterFor(corpus);

  const hit = (doc: number, score: number, terms: readonly string[]): Hit => {
    const name = category(doc);
    return {
      id: ids[doc] ?? '',
      title: titles[doc] ?? '',
      ...(name === '' ? {} : { category: name }),
      score,
      terms,
    };
  };

  const bestOf = (words: readonly QueryWord[], candidates: number) => {
    const found = scoreAll(corpus, scores, words);
    const best = rerank(corpus, fitter, scores, found, words, candidates);
    clear(scores);
    return best;
  };

  return {
    size: ids.length,
    addBody(t1) {
      const { lang, build, content } = unseal(t1, 1);
      if (lang !== envelope.lang || build !== envelope.build)
        throw new DamagedIndexError('body of another build');
      corpus = damagedIfThrows(() => {
        const synonyms = readSynonyms(content.text());
        const body = readPostings(content.block());
        return { ...corpus, synonyms, body, lines: readLines(content.block(), corpus.docs, body.frequency) };
      });
      fitter = fitterFor(corpus);
    },
    search(query, limit) {
      const [words = [], ...rewordings] = interpret(corpus, repairLayout(corpus, query) ?? query);
      const best = bestOf(words, TUNING.candidates);
      const scoreOf = new Map(best);
      for (const rewording of rewordings) {
        for (const [doc, score] of bestOf(rewording, TUNING.rewordingCandidates)) {
          const worth = score * TUNING.rewording;
          if (worth > (scoreOf.get(doc) ?? 0)) scoreOf.set(doc, worth);
        }
      }
      return [...scoreOf]
        .sort(better)
        .slice(0, limit)
        .map(([doc, score]) => hit(doc, score, titleWordsMet(corpus.titles, doc, stemsOf(words))));
    },
    suggest: (query) => suggestFor(corpus, titles, query),
  };
}
