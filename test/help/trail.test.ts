import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packTrail, stepOfPath, unpackTrail, withStep } from '../../src/help/trail.ts';
import type { TrailStep } from '../../src/lib/trail-step.ts';

const search = (q: string, at: number): TrailStep => ({ kind: 'search', at, q, lang: 'fa', hits: 3 });
const article = (id: string, at = 0): TrailStep => ({ kind: 'article', at, id });

describe('the trail', () => {
  test('takes words that are typed on as one search', () => {
    const trail = [search('pri', 0), search('print', 900), search('printer', 2_000)].reduce(withStep, []);
    expect(trail).toEqual([search('printer', 2_000)]);
  });

  test('keeps another search, and the same one later', () => {
    const trail = [search('printer', 0), search('vpn', 500), search('vpn slow', 60_000)].reduce(withStep, []);
    expect(trail).toHaveLength(3);
  });

  test('counts a reloaded page once', () => {
    expect([article('a/b', 1), article('a/b', 2)].reduce(withStep, [])).toHaveLength(1);
    expect([article('a/b', 1), article('a/c', 2), article('a/b', 3)].reduce(withStep, [])).toHaveLength(3);
  });

  test('forgets the oldest beyond twenty', () => {
    const steps = Array.from({ length: 50 }, (_, i) => article(`a/${i}`, i));
    const trail = steps.reduce(withStep, []);
    expect(trail).toHaveLength(20);
    expect(trail.at(-1)).toEqual(article('a/49', 49));
  });

  test('fits into a cookie, whatever was typed, and comes back in order', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 30 }), (queries) => {
        const steps = queries.map((q, i) => search(q.slice(0, 200), i * 60_000));
        const packed = packTrail(steps);
        expect(packed.length).toBeLessThanOrEqual(3_400);
        expect(packed).toMatch(/^[\w-]*$/);
        const back = unpackTrail(packed);
        expect(back).toEqual(steps.slice(steps.length - back.length));
      }),
    );
  });

  test.each(['', '!!!', 'bm90IGpzb24', Buffer.from('{"a":1}').toString('base64url')])(
    'is empty for %j, which is none',
    (packed) => {
      expect(unpackTrail(packed)).toEqual([]);
    },
  );

  test('leaves out steps that are not known', () => {
    const packed = Buffer.from(JSON.stringify([{ kind: 'hack', at: 1 }, article('a/b')])).toString(
      'base64url',
    );
    expect(unpackTrail(packed)).toEqual([article('a/b')]);
  });
});

describe('a path', () => {
  test.each([
    ['/en/articles/printing/grey', { kind: 'article', at: 9, id: 'printing/grey' }],
    ['/fa/articles/printing/grey/', { kind: 'article', at: 9, id: 'printing/grey' }],
    ['/ru/articles/printing/', { kind: 'category', at: 9, id: 'printing' }],
    ['/en/articles/', undefined],
    ['/en/help', undefined],
    ['/xx/articles/a/b', undefined],
    ['/en/articles/a/b/c', undefined],
    ['/en/articles/A/../b', undefined],
  ])('%s', (path, step) => {
    expect(stepOfPath(path, 9)).toEqual(step);
  });
});
