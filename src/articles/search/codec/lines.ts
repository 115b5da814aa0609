import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * The short lines of each article (headings, lead) as sequences of terms, so that the best candidates of a
 * search can be compared line by line. Terms are numbered by rank: the commoner, the smaller the number.
 */
export type Lines = {
  /** Visits the lines of an article, each as the term numbers between from and to of `buffer`. */
  readonly each: (doc: number, visit: (buffer: Uint32Array, length: number, line: number) => void) => void;
};

/** Term numbers in order of falling frequency; ties in order of the terms. Both sides derive it the same way. */
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
  const order = ranked(frequency);
  const rank = new Uint32Array(order.length);
  order.forEach((term, i) => {
    rank[term] = i;
  });
  const out = new ByteWriter();
  for (const lines of docs) {
    const own = new ByteWriter();
    for (const line of lines) {
      own.varint(line.length);
      for (const term of line) own.varint(rank[term] ?? 0);
    }
    out.block(own.take());
  }
  return out.take();
}

export function readLines(bytes: Uint8Array, docs: number, frequency: Uint32Array): Lines {
  const order = ranked(frequency);
  const input = new ByteReader(bytes);
  const blocks = Array.from({ length: docs }, () => input.block());
  let buffer = new Uint32Array(64);
  return {
    each(doc, visit) {
      const block = blocks[doc];
      if (block === undefined) return;
      const own = new ByteReader(block);
      for (let line = 0, at = 0; at < block.length; line++) {
        const length = own.varint();
        if (length > buffer.length) buffer = new Uint32Array(length * 2);
        for (let i = 0; i < length; i++) buffer[i] = order[own.varint()] ?? 0;
        visit(buffer, length, line);
        at = own.position;
      }
    },
  };
}
