import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blindReason } from '../../src/monitors/blindness.ts';
import { dayBar, dayBars } from '../../src/monitors/day-bars.ts';
import { hostOf } from '../../src/monitors/live-monitor.ts';
import { CHARGES, type Charge } from '../../src/monitors/monitor-state.ts';
import { serviceState } from '../../src/monitors/service-state.ts';
import {
  type Change,
  chargeTime,
  combineChanges,
  combineCharges,
  NO_TIME,
  uptimeOf,
} from '../../src/monitors/uptime.ts';

const HOUR = 3_600_000;
const up = { health: 'UP', overlay: null } as const;
const down = { health: 'DOWN', overlay: null } as const;

describe('the state of a service', () => {
  test.each([
    ['all monitors up', [up, up], [], 'operational'],
    ['one of two down', [up, down], [], 'partial'],
    ['all down', [down, down], [], 'down'],
    ['the only one recovering', [{ health: 'RECOVERING', overlay: null }], [], 'down'],
    ['a suspicion is none yet', [{ health: 'SUSPECT', overlay: null }], [], 'operational'],
    ['degraded', [up, { health: 'DEGRADED', overlay: null }], [], 'degraded'],
    ['flapping', [{ health: 'UP', overlay: 'FLAPPING' }], [], 'degraded'],
    ['nothing seen yet', [{ health: 'NEW', overlay: null }], [], 'unknown'],
    ['all hidden behind a parent', [{ health: 'SUSPECT', overlay: 'SUPPRESSED' }], [], 'unknown'],
    ['one hidden, one up', [{ health: 'SUSPECT', overlay: 'SUPPRESSED' }, up], [], 'operational'],
    ['all in maintenance', [{ health: 'DOWN', overlay: 'MAINTENANCE' }], [], 'maintenance'],
    ['no monitors, no news', [], [], 'operational'],
    ['no monitors, a declared incident', [], ['critical'], 'down'],
    ['up, but people say it limps', [up], ['minor'], 'degraded'],
    ['down, and people say it limps', [down], ['minor'], 'down'],
  ] as const)('%s', (_name, monitors, impacts, expected) => {
    expect(serviceState({ monitors, impacts, inMaintenance: false })).toBe(expected);
  });
  test('planned maintenance stands above all of it', () => {
    expect(serviceState({ monitors: [down], impacts: ['critical'], inMaintenance: true })).toBe(
      'maintenance',
    );
  });
});

describe('uptime', () => {
  test('counts known, unplanned time only', () => {
    expect(uptimeOf({ up: 3, down: 1, maintenance: 10, unknown: 50 })).toBe(0.75);
    expect(uptimeOf({ ...NO_TIME, maintenance: 5 })).toBeUndefined();
  });

  test('of several parts together is what looking at every instant gives', () => {
    const part = fc
      .array(
        fc.record({ at: fc.integer({ min: 0, max: 100 }), charge: fc.constantFrom<Charge>(...CHARGES) }),
        { maxLength: 8 },
      )
      .map((changes) => changes.sort((a, b) => a.at - b.at));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const counted = { ...NO_TIME };
        const chargeAt = (changes: readonly Change[], at: number) =>
          changes.findLast((change) => change.at <= at)?.charge ?? 'unknown';
        for (let at = 0; at < 110; at++)
          counted[combineCharges(parts.map((changes) => chargeAt(changes, at)))]++;
        expect(chargeTime(combineChanges(parts), 0, 110)).toEqual(counted);
      }),
    );
  });
});

describe('the bar of a day', () => {
  test.each([
    [{ up: 24 * HOUR }, 'up'],
    [{ up: 23.9 * HOUR, down: 0.1 * HOUR }, 'partial'],
    [{ up: 20 * HOUR, down: 4 * HOUR }, 'down'],
    [{ maintenance: 24 * HOUR }, 'maintenance'],
    [{ unknown: 24 * HOUR }, 'none'],
  ])('of %o is %s', (charged, state) => {
    expect(dayBar(20_000, { ...NO_TIME, ...charged }).state).toBe(state);
  });
  test('there are ninety of them, the last one today', () => {
    const bars = dayBars(new Map([[20_000, { ...NO_TIME, up: HOUR }]]), 20_000);
    expect(bars).toHaveLength(90);
    expect(bars.at(-1)).toMatchObject({ at: 20_000 * 86_400_000, state: 'up' });
    expect(bars[0]?.state).toBe('none');
  });
});

describe('the checker doubts itself', () => {
  const sight = { failing: 0, targets: 100, gapMs: 0, lagMs: 0 };
  test.each([
    ['not for a few failures', { failing: 5, targets: 6 }, undefined],
    ['not for a third of many', { failing: 30 }, undefined],
    ['when much fails at once', { failing: 31 }, 'mass-failure'],
    ['when it was asleep', { gapMs: 60_000 }, 'frozen'],
    ['when it is late', { lagMs: 4_000 }, 'late'],
  ])('%s', (_name, change, expected) => expect(blindReason({ ...sight, ...change })).toBe(expected));
});

test.each([
  ['https://mail.example.org:993/x?y', 'mail.example.org'],
  ['mail.example.org:25', 'mail.example.org'],
  ['name @192.0.2.1', '192.0.2.1'],
  ['portal:/healthz', 'portal:'],
])('the machine behind %s is %s', (target, host) => expect(hostOf(target)).toBe(host));
