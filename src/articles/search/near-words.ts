import { maskOf, type WordPool } from './codec/word-pool.ts';

export type NearWord = { readonly index: number; readonly distance: number };

function bitCount(bits: number): number {
  let rest = bits - ((bits >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

type Row = Uint8Array;
const rows: readonly [Row, Row, Row] = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)];

/** Fills `current`, the row of a[i - 1], and returns its smallest value. */
function fillRow(
  a: Uint16Array,
  b: Uint16Array,
  i: number,
  [before, previous, current]: readonly Row[],
): number {
  if (!before || !previous || !current) return 0;
  current[0] = i;
  let best = i;
  const unit = a[i - 1];
  for (let j = 1; j <= b.length; j++) {
    const other = b[j - 1];
    let value = (previous[j - 1] ?? 0) + (unit === other ? 0 : 1);
    value = Math.min(value, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
    const isSwap = i > 1 && j > 1 && unit === b[j - 2] && a[i - 2] === other;
    if (isSwap) value = Math.min(value, (before[j - 2] ?? 0) + 1);
    current[j] = value;
    if (value < best) best = value;
  }
  return best;
}

/** Optimal string alignment distance (swapped neighbours count once), or `limit + 1` as soon as it is above `limit`. */
export function distanceWithin(a: Uint16Array, b: Uint16Array, limit: number): number {
  let [before, previous, current] = rows;
  for (let j = 0; j <= b.length; j++) previous[j] = j;
  for (let i = 1; i <= a.length; i++) {
    if (fillRow(a, b, i, [before, previous, current]) > limit) return limit + 1;
    [before, previous, current] = [previous, current, before];
  }
  return previous[b.length] ?? 0;
}

/** How many mistakes a word of this length may hold and still be taken for another. */
export const allowedDistance = (length: number): number => (length < 4 ? 0 : length < 8 ? 1 : 2);

/** The words of the pool within `limit` edits of `word`; nearest distance first is up to the caller. */
export function nearWords(pool: WordPool, word: string, limit: number): NearWord[] {
  const found: NearWord[] = [];
  if (limit === 0 || word.length > 60) return found;
  const mask = maskOf(word);
  const units = Uint16Array.from(word, (char) => char.charCodeAt(0));
  for (let index = 0; index < pool.size; index++) {
    if (bitCount((pool.masks[index] ?? 0) ^ mask) > 2 * limit) continue;
    const from = pool.start[index] ?? 0;
    const to = pool.start[index + 1] ?? 0;
    if (Math.abs(to - from - word.length) > limit) continue;
    const distance = distanceWithin(units, pool.units.subarray(from, to), limit);
    if (distance <= limit) found.push({ index, distance });
  }
  return found;
}
