/**
 * Many words in three typed arrays: no object per word, so a vocabulary of a hundred thousand words loads in
 * milliseconds and costs the browser's garbage collector nothing.
 */
export type WordPool = {
  readonly size: number;
  /** UTF-16 units of all words, one after the other; word i is units[start[i]] .. units[start[i + 1] - 1]. */
  readonly units: Uint16Array;
  readonly start: Uint32Array;
  /** One bit per kind of letter: two words whose masks differ in many bits cannot be near each other. */
  readonly masks: Uint32Array;
};

export const letterBit = (unit: number): number => 1 << (unit & 31);

export function maskOf(word: string): number {
  let mask = 0;
  for (let i = 0; i < word.length; i++) mask |= letterBit(word.charCodeAt(i));
  return mask >>> 0;
}

export function poolOf(words: readonly string[]): WordPool {
  const start = new Uint32Array(words.length + 1);
  const masks = new Uint32Array(words.length);
  let length = 0;
  for (const word of words) length += word.length;
  const units = new Uint16Array(length);
  let at = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    for (let j = 0; j < word.length; j++) units[at++] = word.charCodeAt(j);
    start[i + 1] = at;
    masks[i] = maskOf(word);
  }
  return { size: words.length, units, start, masks };
}

export function wordAt(pool: WordPool, index: number): string {
  return String.fromCharCode(...pool.units.subarray(pool.start[index] ?? 0, pool.start[index + 1] ?? 0));
}

/** < 0, 0 or > 0 as the pool's word sorts before, equal to (or, with `prefix`, starting with), or after `word`. */
function compareAt(pool: WordPool, index: number, word: string, prefix: boolean): number {
  const from = pool.start[index] ?? 0;
  const length = (pool.start[index + 1] ?? 0) - from;
  const common = Math.min(length, word.length);
  for (let i = 0; i < common; i++) {
    const difference = (pool.units[from + i] ?? 0) - word.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return prefix && length >= word.length ? 0 : length - word.length;
}

/** First index of a sorted pool whose word is not before `word`. */
function lowerBound(pool: WordPool, word: string): number {
  let low = 0;
  let high = pool.size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareAt(pool, middle, word, false) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of `word` in a sorted pool, or -1. */
export function findSorted(pool: WordPool, word: string): number {
  const index = lowerBound(pool, word);
  return index < pool.size && compareAt(pool, index, word, false) === 0 ? index : -1;
}

/** [from, to) of the words of a sorted pool that start with `prefix`. */
export function prefixRange(pool: WordPool, prefix: string): readonly [number, number] {
  const from = lowerBound(pool, prefix);
  let to = from;
  while (to < pool.size && compareAt(pool, to, prefix, true) === 0) to++;
  return [from, to];
}

/** The words of any pool, sorted or not, that start with `prefix`. */
export function startingWith(pool: WordPool, prefix: string): number[] {
  const found: number[] = [];
  for (let i = 0; i < pool.size; i++) if (compareAt(pool, i, prefix, true) === 0) found.push(i);
  return found;
}
