import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * The short lines of each article (lead, then headings) as sequences of terms, so that the best candidates of a
 * search can be compared line by line.
 */
export type Lines = {
  /** Lines of article d: docStart[d] .. docStart[d + 1] - 1; the first is the lead. */
  readonly docStart: Uint32Array;
  /** Terms of line l: terms[lineStart[l]] .. terms[lineStart[l + 1] - 1]. */
  readonly lineStart: Uint32Array;
  readonly terms: Uint32Array;
};

/** Before the second tier has come: no lines for any article. */
export const noLines = (docs: number): Lines => ({
  docStart: new Uint32Array(docs + 1),
  lineStart: new Uint32Array(1),
  terms: new Uint32Array(0),
});

/** Term numbers by falling frequency, ties in order of the terms: common terms then take one byte. */
export function ranked(frequency: Uint32Array): Uint32Array {
  let most = 0;
  for (const count of frequency) if (count > most) most = count;
  const start = new Uint32Array(most + 2);
  for (const count of frequency) start[most - count + 1] = (start[most - count + 1] ?? 0) + 1;
  for (let i = 0; i <= most; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0);
  const order = new Uint32Array(frequency.length);
  frequency.forEach((count, term) => {
    const at = start[most - count] ?? 0;
    order[at] = term;
    start[most - count] = at + 1;
  });
  return order;
}

/** `docs`: per article its lines, each a list of term numbers. */
export function writeLines(
  docs: readonly (readonly (readonly number[])[])[],
  frequency: Uint32Array,
): Uint8Array {
  const rank = new Uint32Array(frequency.length);
  ranked(frequency).forEach((term, i) => {
    rank[term] = i;
  });
  const [counts, lengths, ranks] = [new ByteWriter(), new ByteWriter(), new ByteWriter()];
  for (const lines of docs) {
    counts.varint(lines.length);
    for (const line of lines) {
      lengths.varint(line.length);
      for (const term of line) ranks.varint(rank[term] ?? 0);
    }
  }
  const all = docs.flat();
  const out = new ByteWriter();
  out.varint(all.length);
  out.varint(all.reduce((sum, line) => sum + line.length, 0));
  for (const stream of [counts, lengths, ranks]) out.block(stream.take());
  return out.take();
}

/** n lengths of a stream as n + 1 starts. */
function readStarts(bytes: Uint8Array, count: number): Uint32Array {
  const input = new ByteReader(bytes);
  const starts = new Uint32Array(count + 1);
  for (let i = 0, at = 0; i < count; i++) {
    at += input.varint();
    starts[i + 1] = at;
  }
  return starts;
}

export function readLines(bytes: Uint8Array, docs: number, frequency: Uint32Array): Lines {
  const input = new ByteReader(bytes);
  const lines = input.varint();
  const total = input.varint();
  const docStart = readStarts(input.block(), docs);
  const lineStart = readStarts(input.block(), lines);
  if (docStart[docs] !== lines || lineStart[lines] !== total) throw new RangeError('lines do not add up');
  const order = ranked(frequency);
  const ranks = new ByteReader(input.block());
  const terms = new Uint32Array(total);
  for (let i = 0; i < total; i++) terms[i] = order[ranks.varint()] ?? 0;
  return { docStart, lineStart, terms };
}
