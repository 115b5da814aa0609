import { expect, test } from 'vitest';
import { compare } from '../bench/classifier.ts';

/** 400 times about `centre`, spread evenly over ±10, in a shuffled but repeatable order. */
function around(centre: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: 400 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return centre + (state / 2_147_483_648) * 20 - 10;
  });
}

test('the stopwatch tells apart what differs, and guesses where nothing does', () => {
  expect(compare(around(100, 1), around(200, 2)).accuracy).toBeGreaterThan(0.99);
  expect(compare(around(100, 1), around(115, 2)).accuracy).toBeGreaterThan(0.7);
  const alike = compare(around(100, 1), around(100, 2));
  expect(Math.abs(alike.accuracy - 0.5)).toBeLessThan(0.08);
  expect(Math.abs(alike.ratio - 1)).toBeLessThan(0.05);
});
