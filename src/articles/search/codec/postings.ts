import { ByteReader, ByteWriter } from './bytes.ts';
import { letterBit, type WordPool } from './word-pool.ts';

/** One term of the body index: the articles that hold it and how strongly, 1 (weakest) to 15. */
export type TermPostings = {
  readonly term: string;
  /** How many articles hold it at all; more than are listed when weak ones were pruned. */
  readonly frequency: number;
  /** Ascending article numbers. */
  readonly docs: readonly number[];
  readonly impacts: readonly number[];
};

export type Postings = {
  /** Sorted by UTF-16 units. */
  readonly terms: WordPool;
  readonly frequency: Uint32Array;
  /** Postings of term t are start[t] .. start[t + 1] - 1 of docs and impacts. */
  readonly start: Uint32Array;
  readonly docs: Uint32Array;
  readonly impacts: Uint8Array;
};

/** Before the second tier has come. */
export const noPostings = (): Postings => ({
  terms: { size: 0, units: new Uint16Array(0), start: new Uint32Array(1), masks: new Uint32Array(0) },
  frequency: new Uint32Array(0),
  start: new Uint32Array(1),
  docs: new Uint32Array(0),
  impacts: new Uint8Array(0),
});

const SEPARATOR = '\n';

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** `terms` sorted by UTF-16 units. Each kind of number has a stream of its own: brotli then sees its pattern. */
export function writePostings(terms: readonly TermPostings[]): Uint8Array {
  const [shared, counts, deltas, impacts] = [
    new ByteWriter(),
    new ByteWriter(),
    new ByteWriter(),
    new ByteWriter(),
  ];
  const suffixes: string[] = [];
  let previous = '';
  let total = 0;
  let half = -1;
  for (const { term, frequency, docs, impacts: strengths } of terms) {
    const common = sharedPrefix(previous, term);
    shared.byte(common);
    suffixes.push(term.slice(common));
    counts.varint(docs.length);
    counts.varint(frequency - docs.length);
    docs.forEach((doc, i) => {
      deltas.varint(doc - (docs[i - 1] ?? -1) - 1);
      const impact = strengths[i] ?? 1;
      if (half >= 0) impacts.byte((half << 4) | impact);
      half = half >= 0 ? -1 : impact;
    });
    previous = term;
    total += docs.length;
  }
  if (half >= 0) impacts.byte(half << 4);
  const out = new ByteWriter();
  out.varint(terms.length);
  out.varint(total);
  out.block(shared.take());
  out.text(suffixes.join(SEPARATOR));
  for (const stream of [counts, deltas, impacts]) out.block(stream.take());
  return out.take();
}

function readTerms(size: number, shared: Uint8Array, suffixes: string): WordPool {
  let length = suffixes.length;
  for (const common of shared) length += common;
  const units = new Uint16Array(length);
  const start = new Uint32Array(size + 1);
  const masks = new Uint32Array(size);
  let at = 0;
  let from = 0;
  let next = 0;
  for (let i = 0; i < size; i++) {
    const common = shared[i] ?? 0;
    units.copyWithin(at, from, from + common);
    from = at;
    at += common;
    for (; next < suffixes.length; next++) {
      const unit = suffixes.charCodeAt(next);
      if (unit === 10) break;
      units[at++] = unit;
    }
    next++;
    let mask = 0;
    for (let j = from; j < at; j++) mask |= letterBit(units[j] ?? 0);
    masks[i] = mask;
    start[i + 1] = at;
  }
  return { size, units, start, masks };
}

/** The bytes have passed a checksum; what is still wrong with them shows as a RangeError. */
export function readPostings(bytes: Uint8Array): Postings {
  const input = new ByteReader(bytes);
  const size = input.varint();
  const total = input.varint();
  const terms = readTerms(size, input.block(), input.text());
  const counts = new ByteReader(input.block());
  const deltas = new ByteReader(input.block());
  const nibbles = input.block();
  const start = new Uint32Array(size + 1);
  const frequency = new Uint32Array(size);
  const docs = new Uint32Array(total);
  const impacts = new Uint8Array(total);
  let at = 0;
  for (let term = 0; term < size; term++) {
    const count = counts.varint();
    frequency[term] = count + counts.varint();
    let doc = -1;
    for (const end = at + count; at < end; at++) {
      doc += deltas.varint() + 1;
      docs[at] = doc;
      impacts[at] = ((nibbles[at >> 1] ?? 0) >> (at & 1 ? 0 : 4)) & 15;
    }
    start[term + 1] = at;
  }
  return { terms, frequency, start, docs, impacts };
}
