import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueBetween, firstLooks, type Planned, spread } from '../../src/monitors/plan.ts';

const planned = (id: string, everyMs: number): Planned => ({ id, everyMs, phaseMs: spread(id, everyMs) });
const ids = (n: number) => Array.from({ length: n }, (_, i) => `service-monitor-${i}`);

describe('the planner', () => {
  test('spreads a thousand monitors evenly over their interval', () => {
    const seconds = new Array<number>(20).fill(0);
    for (const id of ids(1_000)) {
      const second = Math.floor(spread(id, 20_000) / 1_000);
      seconds[second] = (seconds[second] ?? 0) + 1;
    }
    expect(Math.max(...seconds)).toBeLessThan(85);
    expect(Math.min(...seconds)).toBeGreaterThan(20);
  });

  test('has every monitor due exactly once in any one interval, whatever the beats', () => {
    const beats = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 30, maxLength: 60 });
    const every = 20_000;
    const monitors = ids(20).map((id) => planned(id, every));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), beats, (start, pauses) => {
        const edges = pauses.reduce<number[]>(
          (all, pause) => [...all, (all.at(-1) ?? start) + pause],
          [start],
        );
        const due = edges.slice(1).flatMap((to, i) => dueBetween(monitors, edges[i] ?? to, to));
        const byId = Map.groupBy(due, ({ id }) => id);
        for (const times of byId.values())
          expect(times.every(({ at }, i) => i === 0 || at - (times[i - 1]?.at ?? 0) === every)).toBe(true);
        if ((edges.at(-1) ?? 0) - start >= every) expect(byId.size).toBe(20);
      }),
    );
  });

  test('tells what is due in order, and nothing twice after a long pause', () => {
    const monitors = ids(50).map((id) => planned(id, 2_000));
    const due = dueBetween(monitors, 0, 600_000);
    expect(due).toHaveLength(50);
    expect(due.every(({ at }, i) => i === 0 || at >= (due[i - 1]?.at ?? 0))).toBe(true);
    expect(due.every(({ at }) => at >= 598_000 && at < 600_000)).toBe(true);
  });

  test('looks at new monitors within five seconds and at known ones when it is their turn', () => {
    const looks = firstLooks(
      [
        { ...planned('new', 60_000), state: { health: 'NEW' } },
        { ...planned('known', 60_000), state: { health: 'UP' } },
      ],
      1_000,
    );
    expect(looks.map(({ id }) => id)).toEqual(['new']);
    expect(looks[0]?.at).toBeLessThan(6_000);
  });
});
