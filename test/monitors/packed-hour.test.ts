import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf, HOUR_MS, latencyOf, openPack, quantile, unpack } from '../../src/monitors/packed-hour.ts';
import type { Outcome } from '../../src/monitors/step.ts';

const HOUR = 498_711;
const START = HOUR * HOUR_MS;

describe('a packed hour', () => {
  test('holds 180 punctual checks in about a byte each', () => {
    const pack = openPack(HOUR, 20_000);
    for (let i = 0; i < 180; i++) pack.add(START + 7_300 + i * 20_000 + (i % 7) * 30, 'ok', 12 + (i % 5));
    expect(pack.bytes().length).toBeLessThan(190);
    expect([...unpack(HOUR, pack.bytes())]).toHaveLength(180);
  });

  test('gives back what was put in: outcome exactly, time to the tenth of the interval, latency to 3 %', () => {
    const check = fc.record({
      outcome: fc.constantFrom<Outcome>('ok', 'ok', 'ok', 'warn', 'fail', 'unknown'),
      after: fc.oneof(fc.constant(20_000), fc.integer({ min: 100, max: 90_000 })),
      latency: fc.double({ min: 0.06, max: 50_000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(check, { maxLength: 60 }), fc.nat(59), (checks, cut) => {
        let pack = openPack(HOUR, 20_000);
        let at = START + 500;
        const put: { at: number; outcome: Outcome; latency: number }[] = [];
        for (const [i, { outcome, after, latency }] of checks.entries()) {
          // A restart in between goes on from the bytes.
          if (i === cut) pack = openPack(HOUR, 20_000, pack.bytes());
          at += after;
          if (at >= START + HOUR_MS) break;
          pack.add(at, outcome, latency);
          put.push({ at, outcome, latency });
        }
        const got = [...unpack(HOUR, pack.bytes())];
        expect(got.map(({ outcome }) => outcome)).toEqual(put.map(({ outcome }) => outcome));
        expect(pack.count).toBe(put.length);
        for (const [i, sample] of got.entries()) {
          expect(Math.abs(sample.at - (put[i]?.at ?? 0))).toBeLessThanOrEqual(2_100);
          expect(sample.latencyMs / (put[i]?.latency ?? 0)).toBeCloseTo(1, 1);
        }
      }),
    );
  });

  test('of an unknown version reads as empty', () => {
    expect([...unpack(HOUR, Uint8Array.from([9, 1, 2, 3]))]).toEqual([]);
    expect([...unpack(HOUR, new Uint8Array())]).toEqual([]);
  });

  test('damaged bytes never run for ever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([...unpack(HOUR, Uint8Array.from([1, ...bytes]))].length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  test('latency buckets cover 0.05 ms to a minute', () => {
    expect(latencyOf(bucketOf(0))).toBeCloseTo(0.05);
    expect(latencyOf(bucketOf(1_000)) / 1_000).toBeCloseTo(1, 1);
    expect(latencyOf(bucketOf(1e9))).toBeGreaterThan(50_000);
  });

  test('quantiles', () => {
    expect(quantile([5, 1, 3, 2, 4], 0.5)).toBe(3);
    expect(quantile([1, 2], 1)).toBe(2);
    expect(quantile([], 0.5)).toBeUndefined();
  });
});
