import type { QueryWord } from './query.ts';

/** A stem or term of the index -> how well it meets the query, and which word of the query that is. */
export type Met = ReadonlyMap<number, { readonly weight: number; readonly position: number }>;

export function metBy(words: readonly QueryWord[], kind: 'stem' | 'term'): Met {
  const met = new Map<number, { weight: number; position: number }>();
  words.forEach(({ matches }, position) => {
    for (const match of matches) {
      const id = match[kind];
      if (id >= 0 && (met.get(id)?.weight ?? 0) < match.weight)
        met.set(id, { weight: match.weight, position });
    }
  });
  return met;
}

export type LineFit = {
  /** Share of the line, by rarity of its words, that the query names: 0 to 1. */
  readonly line: number;
  /** Share of the query that the line names: 0 to 1. */
  readonly query: number;
  /** Share of the query's neighbours that are neighbours in the line: 0 to 1. */
  readonly pairs: number;
};

const best = new Float64Array(64);

/** Compares one line (title, heading, lead) with the query, word by word. */
export function lineFit(
  ids: Uint32Array,
  length: number,
  met: Met,
  words: readonly QueryWord[],
  idf: (id: number) => number,
): LineFit {
  let [whole, covered, pairs, previous] = [0, 0, 0, -9];
  best.fill(0, 0, words.length);
  for (let at = 0; at < length; at++) {
    const id = ids[at] ?? 0;
    const rarity = idf(id);
    whole += rarity;
    const hit = met.get(id);
    if (hit) {
      covered += hit.weight * rarity;
      best[hit.position] = Math.max(best[hit.position] ?? 0, hit.weight);
      if (hit.position === previous + 1) pairs++;
    }
    previous = hit ? hit.position : -9;
  }
  let [asked, named] = [0, 0];
  words.forEach(({ weight }, position) => {
    asked += weight;
    named += weight * (best[position] ?? 0);
  });
  return {
    line: whole === 0 ? 0 : covered / whole,
    query: asked === 0 ? 0 : named / asked,
    pairs: pairs / Math.max(1, words.length - 1),
  };
}
