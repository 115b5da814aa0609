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
        const edges = [start];
        for (const pause of pauses) edges.push((edges.at(-1) ?? start) + pause);
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

  test('looks at everything soon after a start, without a burst', () => {
    const monitors = [...ids(2_000).map((id) => planned(id, 60_000)), planned('quick', 2_000)];
    const looks = firstLooks(monitors, 1_000);
    expect(looks).toHaveLength(2_000);
    expect(looks.at(-1)?.at).toBeLessThan(1_000 + 10_100);
    const perSecond = Map.groupBy(looks, ({ at }) => Math.floor(at / 1_000));
    expect(Math.max(...[...perSecond.values()].map((due) => due.length))).toBeLessThan(260);
    expect(firstLooks([planned('one', 60_000)], 0)[0]?.at).toBeLessThan(5_000);
  });
});
