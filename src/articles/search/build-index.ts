import type { Lang } from '../../lib/lang.ts';
import { type Analyser, analyserFor } from './analysis/analyser.ts';
import { wordsOf } from './analysis/words.ts';
import { type BodyIndex, bodyIndex } from './body-index.ts';
import { ByteWriter } from './codec/bytes.ts';
import { checksum, seal } from './codec/envelope.ts';
import { writeLines } from './codec/lines.ts';
import { writePostings } from './codec/postings.ts';
import { builtInSynonyms } from './synonyms/built-in.ts';
import { packSynonyms } from './synonyms.ts';
import { TUNING } from './tuning.ts';

export type IndexDoc = {
  /** `<category>/<slug>` or any other text without a newline that the caller can turn into an address. */
  readonly id: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly keywords: readonly string[];
  readonly summary?: string;
  /** Plain text. */
  readonly body: string;
  readonly category?: string;
};

export type SearchIndex = {
  /** Titles and keywords: enough for a first answer. */
  readonly t0: Uint8Array;
  /** Headings, summaries and bodies. */
  readonly t1: Uint8Array;
};

type Groups = readonly (readonly string[])[];

const byId = (a: IndexDoc, b: IndexDoc) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
const joined = (texts: readonly string[]) => texts.map(oneLine).join('\n');

/** Categories as a list of names and one number per article; nothing at all when no article has one. */
function writeCategories(out: ByteWriter, docs: readonly IndexDoc[]): void {
  const names = [...new Set(docs.map((doc) => doc.category ?? ''))].sort();
  out.text(joined(names));
  if (names.length > 1) for (const doc of docs) out.varint(names.indexOf(doc.category ?? ''));
}

/** Those that lead to titles, for the first tier, and all that lead anywhere, for the second. */
function synonymsFor(docs: readonly IndexDoc[], analyser: Analyser, { postings }: BodyIndex, own: Groups) {
  const titles = docs.map((doc) => [doc.title, ...doc.keywords].join(' ')).join('\n');
  const stems = new Set(wordsOf(titles, analyser.lang).map(analyser.stem));
  const occurs = (stem: string) => stems.has(stem);
  const groups = [...own, ...builtInSynonyms(analyser.lang)];
  const first = packSynonyms(docs.length < TUNING.synonymsInFirstTier ? own : groups, analyser, occurs);
  for (const { term } of postings) stems.add(term);
  return { first, all: packSynonyms(groups, analyser, occurs) };
}

function firstTier(docs: readonly IndexDoc[], synonyms: string): Uint8Array {
  const out = new ByteWriter();
  out.varint(docs.length);
  out.text(docs.map((doc) => doc.id).join('\n'));
  out.text(joined(docs.map((doc) => doc.title)));
  const hasKeywords = docs.some((doc) => doc.keywords.length > 0);
  out.text(hasKeywords ? joined(docs.map((doc) => doc.keywords.join(' '))) : '');
  writeCategories(out, docs);
  out.text(synonyms);
  return out.take();
}

function secondTier({ postings, lines }: BodyIndex, synonyms: string): Uint8Array {
  const out = new ByteWriter();
  out.text(synonyms);
  out.block(writePostings(postings));
  const frequency = Uint32Array.from(postings, (term) => term.frequency);
  out.block(writeLines(lines, frequency));
  return out.take();
}

/** The same documents, in any order, give the same bytes: their hash can name the file. */
export function buildIndex(
  input: readonly IndexDoc[],
  lang: Lang,
  options: { readonly synonyms?: Groups } = {},
): SearchIndex {
  const docs = [...input].sort(byId);
  const analyser = analyserFor(lang);
  const body = bodyIndex(docs, analyser);
  const synonyms = synonymsFor(docs, analyser, body, options.synonyms ?? []);
  const t0 = firstTier(docs, synonyms.first);
  const t1 = secondTier(body, synonyms.all);
  const build = (checksum(t0) ^ checksum(t1)) >>> 0;
  return { t0: seal(lang, 0, build, t0), t1: seal(lang, 1, build, t1) };
}
