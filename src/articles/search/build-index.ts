import type { Lang } from '../../lib/lang.ts';
import { analyserFor } from './analysis/analyser.ts';
import { wordsOf } from './analysis/words.ts';
import { bodyPostings } from './body-postings.ts';
import { ByteWriter } from './codec/bytes.ts';
import { checksum, seal } from './codec/envelope.ts';
import { writeLines } from './codec/lines.ts';
import { type TermPostings, writePostings } from './codec/postings.ts';
import { builtInSynonyms } from './synonyms/built-in.ts';
import { packSynonyms } from './synonyms.ts';

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

const byId = (a: IndexDoc, b: IndexDoc) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
const joined = (texts: readonly string[]) => texts.map(oneLine).join('\n');

/** Categories as a list of names and one number per article; nothing at all when no article has one. */
function writeCategories(out: ByteWriter, docs: readonly IndexDoc[]): void {
  const names = [...new Set(docs.map((doc) => doc.category ?? ''))].sort();
  out.text(joined(names));
  if (names.length > 1) for (const doc of docs) out.varint(names.indexOf(doc.category ?? ''));
}

function tierZero(
  docs: readonly IndexDoc[],
  headings: readonly TermPostings[],
  synonyms: string,
): Uint8Array {
  const out = new ByteWriter();
  out.varint(docs.length);
  out.text(docs.map((doc) => doc.id).join('\n'));
  out.text(joined(docs.map((doc) => doc.title)));
  out.text(
    docs.some((doc) => doc.keywords.length > 0) ? joined(docs.map((doc) => doc.keywords.join(' '))) : '',
  );
  writeCategories(out, docs);
  out.text(synonyms);
  out.block(writePostings(headings));
  return out.take();
}

/** The same documents, in any order, give the same bytes: their hash can name the file. */
export function buildIndex(
  input: readonly IndexDoc[],
  lang: Lang,
  options: { readonly synonyms?: readonly (readonly string[])[] } = {},
): SearchIndex {
  const docs = [...input].sort(byId);
  const analyser = analyserFor(lang);
  const { headings, all, lines } = bodyPostings(docs, analyser);
  const stems = new Set(all.map(({ term }) => term));
  for (const doc of docs) {
    for (const word of wordsOf([doc.title, ...doc.keywords].join(' '), lang)) stems.add(analyser.stem(word));
  }
  const groups = [...(options.synonyms ?? []), ...builtInSynonyms(lang)];
  const synonyms = packSynonyms(groups, analyser, (stem) => stems.has(stem));
  const t0 = tierZero(docs, headings, synonyms);
  const body = new ByteWriter();
  body.block(writePostings(all));
  body.block(
    writeLines(
      lines,
      Uint32Array.from(all, ({ frequency }) => frequency),
    ),
  );
  const t1 = body.take();
  const build = (checksum(t0) ^ checksum(t1)) >>> 0;
  return { t0: seal(lang, 0, build, t0), t1: seal(lang, 1, build, t1) };
}
