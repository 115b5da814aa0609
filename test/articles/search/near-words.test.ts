import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolOf, wordAt } from '../../../src/articles/search/codec/word-pool.ts';
import { allowedDistance, nearWords } from '../../../src/articles/search/near-words.ts';

/** Plain textbook optimal string alignment, to compare with. */
function distance(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => i || j),
  );
  const at = (i: number, j: number) => d[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let value = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, at(i - 2, j - 2) + 1);
      (d[i] as number[])[j] = value;
    }
  }
  return at(a.length, b.length);
}

const word = fc.string({ unit: fc.constantFrom(...'abcdе'), minLength: 1, maxLength: 9 });

describe('near words', () => {
  it('are those of the textbook', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { maxLength: 40 }),
        word,
        fc.integer({ min: 1, max: 2 }),
        (words, asked, limit) => {
          const found = nearWords(poolOf(words), asked, limit).map(({ index, distance: d }) => [
            words[index],
            d,
          ]);
          const expected = words
            .map((each) => [each, distance(each, asked)] as const)
            .filter(([, d]) => d <= limit);
          expect(found).toEqual(expected);
        },
      ),
    );
  });

  it('allow more mistakes the longer the word', () => {
    expect([2, 3, 4, 7, 8, 20].map(allowedDistance)).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('take swapped letters for one mistake', () => {
    const pool = poolOf(['password']);
    expect(nearWords(pool, 'passwrod', 1).map(({ index }) => wordAt(pool, index))).toEqual(['password']);
  });
});
