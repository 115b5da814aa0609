import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUDGET, guard, isCircuitOpen, type PastRun } from '../../src/fixes/guards.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const run = (hoursAgo: number, target = 'a', state = 'fixed'): PastRun => ({
  at: NOW - hoursAgo * HOUR,
  target,
  state,
});
const asked = { target: 'a', now: NOW, isAutomatic: false, isSwitchedOff: false };

describe('before a fix may begin', () => {
  test.each<[string, Partial<Parameters<typeof guard>[0]> & { past: PastRun[] }, string | undefined]>([
    ['nothing was tried before', { past: [] }, undefined],
    ['twice on this target within the hour', { past: [run(0.1), run(0.9)] }, 'target-budget'],
    ['twice, the first more than an hour ago', { past: [run(0.1), run(1.1)] }, undefined],
    [
      'five times on this target within the day',
      { past: [2, 4, 6, 8, 10].map((h) => run(h)) },
      'target-budget',
    ],
    ['five times on other targets', { past: [2, 4, 6, 8, 10].map((h) => run(h, 'b')) }, undefined],
    [
      'twenty times in the hour on any target',
      { past: Array.from({ length: 20 }, (_, n) => run(0.5, `t${n}`)) },
      'fix-budget',
    ],
    ['a person may when machines are switched off', { past: [], isSwitchedOff: true }, undefined],
    [
      'a machine may not when switched off',
      { past: [], isSwitchedOff: true, isAutomatic: true },
      'switched-off',
    ],
    [
      'a machine may not after three failures',
      { past: [3, 4, 5].map((h) => run(h, 'b', 'failed')), isAutomatic: true },
      'circuit-open',
    ],
    ['a person may after three failures', { past: [3, 4, 5].map((h) => run(h, 'b', 'failed')) }, undefined],
  ])('%s', (_name, given, expected) => {
    expect(guard({ ...asked, ...given })).toBe(expected);
  });

  test('the circuit looks at the last ten runs, not-effective counts as failure, unknown does not', () => {
    const states = (list: string[]) => list.map((state, n) => run(n, 'a', state));
    expect(isCircuitOpen(states(['failed', 'fixed', 'not-effective', 'fixed', 'failed']))).toBe(true);
    expect(isCircuitOpen(states(['failed', 'unknown', 'unknown', 'failed']))).toBe(false);
    expect(isCircuitOpen(states([...Array<string>(10).fill('fixed'), 'failed', 'failed', 'failed']))).toBe(
      false,
    );
  });

  test('however they are spread, a target is never repaired more often than its budget allows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 * HOUR }), { maxLength: 60 }), (pauses) => {
        const past: PastRun[] = [];
        let now = NOW;
        for (const pause of pauses) {
          now += pause;
          if (guard({ ...asked, now, past }) === undefined)
            past.push({ at: now, target: 'a', state: 'fixed' });
          expect(past.filter((each) => each.at > now - HOUR).length).toBeLessThanOrEqual(
            BUDGET.targetPerHour,
          );
          expect(past.filter((each) => each.at > now - 24 * HOUR).length).toBeLessThanOrEqual(
            BUDGET.targetPerDay,
          );
        }
      }),
    );
  });
});
