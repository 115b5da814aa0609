import type { QueryWord } from './query.ts';

/** For each stem or term of an index: how well it meets the query, and which word of the query that is. */
export type Met = {
  readonly weight: Float32Array;
  readonly position: Uint8Array;
  readonly set: (id: number, weight: number, position: number) => void;
  readonly clear: () => void;
};

export function metOf(size: number): Met {
  const weight = new Float32Array(size);
  const position = new Uint8Array(size);
  const used: number[] = [];
  return {
    weight,
    position,
    set(id, value, at) {
      if (id < 0 || (weight[id] ?? 0) >= value) return;
      weight[id] = value;
      position[id] = at;
      used.push(id);
    },
    clear() {
      for (const id of used) weight[id] = 0;
      used.length = 0;
    },
  };
}

export type LineFit = {
  /** Share of the line, by rarity of its words, that the query names: 0 to 1. */
  line: number;
  /** Share of the query that the line names: 0 to 1. */
  query: number;
  /** Share of the query's neighbours that are neighbours in the line: 0 to 1. */
  pairs: number;
};

const best = new Float64Array(256);
/** One result, overwritten by every call: this runs a thousand times per search. */
const fit: LineFit = { line: 0, query: 0, pairs: 0 };

/** Compares one line (title, heading, lead), `ids` from..to, with the query, word by word. */
export function lineFit(
  ids: Uint32Array,
  from: number,
  to: number,
  met: Met,
  words: readonly QueryWord[],
  idf: Float32Array,
): LineFit {
  let whole = 0;
  let covered = 0;
  let pairs = 0;
  let previous = -9;
  best.fill(0, 0, words.length);
  for (let at = from; at < to; at++) {
    const id = ids[at] ?? 0;
    const rarity = idf[id] ?? 0;
    const weight = met.weight[id] ?? 0;
    whole += rarity;
    if (weight === 0) {
      previous = -9;
      continue;
    }
    const position = met.position[id] ?? 0;
    covered += weight * rarity;
    if (weight > (best[position] ?? 0)) best[position] = weight;
    if (position === previous + 1) pairs++;
    previous = position;
  }
  let asked = 0;
  let named = 0;
  for (let position = 0; position < words.length; position++) {
    const weight = words[position]?.weight ?? 0;
    asked += weight;
    named += weight * (best[position] ?? 0);
  }
  fit.line = whole === 0 ? 0 : covered / whole;
  fit.query = asked === 0 ? 0 : named / asked;
  fit.pairs = pairs / Math.max(1, words.length - 1);
  return fit;
}
