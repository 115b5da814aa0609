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

const BODY_FIELDS = { headings: TUNING.headingBoost, summary: TUNING.summaryBoost, body: 1 } as const;

/** Hashes, keys and base64 are in no query; error codes such as 0x80070005 are short enough to stay. */
const isNoise = (word: string) =>
  word.length < 2 || word.length > 24 || /^(?=.*\d.*[a-z].*\d)[\da-z]{13,}$/.test(word);

function tokenizerFor(analyser: Analyser): (text: unknown) => lunr.Token[] {
  const stems = new Map<string, string>();
  const stemOf = (word: string) => {
    let stem = stems.get(word);
    if (stem === undefined)
      stems.set(word, (stem = isNoise(word) || analyser.isStop(word) ? '' : analyser.stem(word)));
    return stem;
  };
  return (text) => {
    const words = typeof text === 'string' ? wordsOf(text, analyser.lang) : [];
    const tokens: lunr.Token[] = [];
    for (const word of words) {
      const stem = stemOf(word);
      if (stem !== '') tokens.push(new lunr.Token(stem, {}));
    }
    return tokens;
  };
}

function lunrBuild(docs: readonly IndexDoc[], analyser: Analyser): Built {
  const builder = new lunr.Builder();
  builder.ref('ref');
  for (const [field, boost] of Object.entries(BODY_FIELDS)) builder.field(field, { boost });
  builder.tokenizer = tokenizerFor(analyser) as unknown as typeof lunr.tokenizer;
  docs.forEach((doc, ref) => {
    builder.add({
      ref: String(ref),
      headings: doc.headings.join('\n'),
      summary: doc.summary ?? '',
      body: doc.body,
    });
  });
  builder.build();
  return builder as unknown as Built;
}

/** BM25 weight per term and article, idf included, summed over fields: term number -> weight. */
function weightsOf(built: Built, ref: number, fields: readonly string[]): Map<number, number> {
  const weights = new Map<number, number>();
  for (const field of fields) {
    const elements = built.fieldVectors[`${field}/${ref}`]?.elements ?? [];
    for (let i = 0; i < elements.length; i += 2) {
      const term = elements[i] ?? 0;
      weights.set(term, (weights.get(term) ?? 0) + (elements[i + 1] ?? 0));
    }
  }
  return weights;
}

type Row = { frequency: number; readonly docs: number[]; readonly impacts: number[] };

/** The strongest terms of each article; impacts are BM25 without idf, which the reader applies itself. */
function collect(built: Built, count: number, fields: readonly string[], keep: number): TermPostings[] {
  const names = Object.keys(built.invertedIndex);
  const rows: Row[] = names.map(() => ({ frequency: 0, docs: [], impacts: [] }));
  const perDoc = Array.from({ length: count }, (_, ref) => weightsOf(built, ref, fields));
  for (const weights of perDoc) for (const term of weights.keys()) (rows[term] as Row).frequency++;
  perDoc.forEach((weights, ref) => {
    const strongest = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, keep);
    for (const [term, weight] of strongest) {
      const row = rows[term] as Row;
      row.docs.push(ref);
      row.impacts.push(weight);
    }
  });
  return names
    .map((term, i) => ({ term, ...(rows[i] as Row) }))
    .filter((row) => row.docs.length > 0)
    .sort((a, b) => (a.term < b.term ? -1 : 1));
}

/** Removes lunr's idf from the weights and puts them on the 15 steps of the codec. */
function quantise(rows: readonly TermPostings[], lunrIdf: (term: string) => number): TermPostings[] {
  return rows.map((row) => {
    const scale = 15 / TUNING.strongestImpact / lunrIdf(row.term);
    const impacts = row.impacts.map((weight) => Math.min(15, Math.max(1, Math.round(weight * scale))));
    return { ...row, impacts };
  });
}

/** The idf that lunr.Builder multiplied into its weights: fields count one by one. */
function lunrIdf(posting: Readonly<Record<string, unknown>>, count: number): number {
  let frequency = 0;
  for (const field of Object.keys(BODY_FIELDS)) frequency += Object.keys(posting[field] ?? {}).length;
  return Math.log(1 + Math.abs((count - frequency + 0.5) / (frequency + 0.5)));
}

export type BodyPostings = { readonly headings: TermPostings[]; readonly all: TermPostings[] };

export function bodyPostings(docs: readonly IndexDoc[], analyser: Analyser): BodyPostings {
  const built = lunrBuild(docs, analyser);
  const idf = (term: string) => lunrIdf(built.invertedIndex[term] ?? {}, docs.length);
  const take = (fields: readonly string[], keep: number) =>
    quantise(collect(built, docs.length, fields, keep), idf);
  return {
    headings:
      docs.length <= TUNING.headingsInFirstTier ? take(['headings'], TUNING.headingTermsPerArticle) : [],
    all: take(Object.keys(BODY_FIELDS), TUNING.termsPerArticle),
  };
}
