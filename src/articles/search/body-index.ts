import lunr from 'lunr';
import type { Analyser } from './analysis/analyser.ts';
import { wordsOf } from './analysis/words.ts';
import type { IndexDoc } from './build-index.ts';
import type { TermPostings } from './codec/postings.ts';
import { TUNING } from './tuning.ts';

/** What lunr.Builder holds after build(); its published types stop short of it. */
type Built = {
  readonly invertedIndex: Readonly<Record<string, { readonly _index: number }>>;
  readonly fieldVectors: Readonly<Record<string, { readonly elements: readonly number[] }>>;
};

const BODY_FIELDS = {
  headings: TUNING.headingBoost,
  keywords: TUNING.headingBoost,
  summary: TUNING.summaryBoost,
  body: 1,
} as const;

/** Hashes, keys and base64 are in no query; error codes such as 0x80070005 are short enough to stay. */
const isNoise = (word: string) =>
  word.length < 2 || word.length > 24 || /^(?=.*\d.*[a-z].*\d)[\da-z]{13,}$/.test(word);

type TermsOf = (text: string) => string[];

/** Stems of the words that are worth indexing, in order; each distinct word is stemmed once per build. */
function termsOf(analyser: Analyser): TermsOf {
  const stems = new Map<string, string>();
  const stemOf = (word: string): string => {
    const known = stems.get(word);
    if (known !== undefined) return known;
    const stem = isNoise(word) || analyser.isStop(word) ? '' : analyser.stem(word);
    stems.set(word, stem);
    return stem;
  };
  return (text) =>
    wordsOf(text, analyser.lang)
      .map(stemOf)
      .filter((stem) => stem !== '');
}

function lunrBuild(docs: readonly IndexDoc[], terms: TermsOf): Built {
  const builder = new lunr.Builder();
  builder.ref('ref');
  for (const [field, boost] of Object.entries(BODY_FIELDS)) builder.field(field, { boost });
  const tokenizer = (text: unknown) =>
    (typeof text === 'string' ? terms(text) : []).map((term) => new lunr.Token(term, {}));
  builder.tokenizer = tokenizer as typeof lunr.tokenizer;
  docs.forEach((doc, ref) => {
    builder.add({
      ref: String(ref),
      headings: doc.headings.join('\n'),
      keywords: doc.keywords.join('\n'),
      summary: doc.summary ?? '',
      body: doc.body,
    });
  });
  builder.build();
  return builder as unknown as Built;
}

/** BM25 weight per term and article, idf included, summed over fields: term number -> weight. */
function weightsOf(built: Built, ref: number): Map<number, number> {
  const weights = new Map<number, number>();
  for (const field of Object.keys(BODY_FIELDS)) {
    const elements = built.fieldVectors[`${field}/${ref}`]?.elements ?? [];
    for (let i = 0; i < elements.length; i += 2) {
      const term = elements[i] ?? 0;
      weights.set(term, (weights.get(term) ?? 0) + (elements[i + 1] ?? 0));
    }
  }
  return weights;
}

/** What is compared with a query line by line: the lead (summary, else the first words), keywords, headings. */
function linesOf(doc: IndexDoc, terms: TermsOf): string[][] {
  const lead = terms(doc.summary ?? doc.body.slice(0, TUNING.leadChars)).slice(0, TUNING.leadTerms);
  const others = [...doc.keywords, ...doc.headings]
    .slice(0, TUNING.linesPerArticle)
    .map((line) => terms(line).slice(0, TUNING.termsPerLine))
    .filter((line) => line.length > 0);
  return [lead, ...others];
}

type Row = { readonly term: string; frequency: number; readonly docs: number[]; readonly impacts: number[] };

/** The strongest terms of each article; weights are lunr's, idf included. `always` names terms that stay. */
function collect(
  built: Built,
  docs: readonly Map<number, number>[],
  keep: number,
  always: readonly Set<number>[],
) {
  const rows: Row[] = [];
  // By lunr's own number: the order of the keys differs, as objects list "2021" and its like first.
  for (const [term, { _index }] of Object.entries(built.invertedIndex)) {
    rows[_index] = { term, frequency: 0, docs: [], impacts: [] };
  }
  for (const weights of docs) for (const term of weights.keys()) (rows[term] as Row).frequency++;
  docs.forEach((weights, ref) => {
    const ordered = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    ordered.forEach(([term, weight], i) => {
      if (i >= keep && !always[ref]?.has(term)) return;
      const row = rows[term] as Row;
      row.docs.push(ref);
      row.impacts.push(weight);
    });
  });
  return rows.filter((row) => row.docs.length > 0).sort((a, b) => (a.term < b.term ? -1 : 1));
}

/** The idf that lunr.Builder multiplied into its weights: fields count one by one. */
function lunrIdf(posting: Readonly<Record<string, unknown>>, count: number): number {
  let frequency = 0;
  for (const field of Object.keys(BODY_FIELDS)) frequency += Object.keys(posting[field] ?? {}).length;
  return Math.log(1 + Math.abs((count - frequency + 0.5) / (frequency + 0.5)));
}

/** Takes lunr's idf out of the weights, since the reader applies its own, and puts them on the codec's 15 steps. */
function quantise(rows: readonly Row[], idf: (term: string) => number): TermPostings[] {
  return rows.map((row) => {
    const scale = 15 / TUNING.strongestImpact / idf(row.term);
    const impacts = row.impacts.map((weight) => Math.min(15, Math.max(1, Math.round(weight * scale))));
    return { ...row, impacts };
  });
}

export type BodyIndex = {
  /** Headings, summaries and bodies: sorted terms. */
  readonly postings: TermPostings[];
  /** Per article its lead and its headings, as numbers of `postings`. */
  readonly lines: number[][][];
};

export function bodyIndex(docs: readonly IndexDoc[], analyser: Analyser): BodyIndex {
  const terms = termsOf(analyser);
  const built = lunrBuild(docs, terms);
  const idf = (term: string) => lunrIdf(built.invertedIndex[term] ?? {}, docs.length);
  const weights = docs.map((_, ref) => weightsOf(built, ref));
  const texts = docs.map((doc) => linesOf(doc, terms));
  const number = (term: string) => built.invertedIndex[term]?._index ?? -1;
  // What stands in a line can be found by it, however weak it is in the whole article.
  const inLines = texts.map((lines) => new Set(lines.flat().map(number)));
  const postings = quantise(collect(built, weights, TUNING.termsPerArticle, inLines), idf);
  const numbers = new Map(postings.map(({ term }, i) => [term, i]));
  const lines = texts.map((own) => own.map((line) => line.map((term) => numbers.get(term) ?? 0)));
  return { postings, lines };
}
