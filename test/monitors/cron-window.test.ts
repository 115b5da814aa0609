import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { cronProblem, windowsBetween } from '../../src/monitors/cron-window.ts';

const at = (iso: string): number => Temporal.Instant.from(iso).epochMilliseconds;
const DAY = 86_400_000;

const starts = (cron: string, tz: string, from: string, to: string) =>
  windowsBetween({ cron, tz, for: 60_000 }, at(from), at(to)).map(({ start }) =>
    new Date(start).toISOString(),
  );

describe('a maintenance window', () => {
  test('comes every Sunday at two in Tehran', () => {
    expect(starts('0 2 * * SUN', 'Asia/Tehran', '2026-11-01T00:00Z', '2026-11-15T00:00Z')).toEqual([
      '2026-11-07T22:30:00.000Z',
      '2026-11-14T22:30:00.000Z',
    ]);
  });

  test.each([
    ['in it', '2026-11-01T02:30Z', 1],
    ['at its first moment', '2026-11-01T02:00Z', 1],
    ['at its end, which is outside', '2026-11-01T04:00Z', 0],
    ['before it', '2026-11-01T01:59:59Z', 0],
  ])('%s', (_name, now, count) => {
    const found = windowsBetween({ cron: '0 2 * * *', tz: 'UTC', for: 2 * 3_600_000 }, at(now), at(now) + 1);
    expect(found).toHaveLength(count);
  });

  test('whose hour is skipped in spring comes when the gap is over, and in autumn once', () => {
    expect(starts('30 2 * * *', 'Europe/Berlin', '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([
      '2026-03-29T01:30:00.000Z',
    ]);
    expect(starts('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:00Z', '2026-10-25T12:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
    ]);
  });

  test('with a day of the month and a weekday comes on either', () => {
    expect(starts('0 0 13 * FRI', 'UTC', '2026-11-01T00:00Z', '2026-11-15T00:00Z')).toEqual([
      '2026-11-06T00:00:00.000Z',
      '2026-11-13T00:00:00.000Z',
    ]);
  });

  test('a daily one comes exactly once on every day of every zone', () => {
    const zones = [
      'UTC',
      'Asia/Tehran',
      'Europe/Berlin',
      'America/New_York',
      'America/Sao_Paulo',
      'Africa/Cairo',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Kolkata',
      'Europe/Moscow',
    ];
    const when = fc.record({
      tz: fc.constantFrom(...zones),
      day: fc.integer({ min: 0, max: 3_650 }),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
    });
    fc.assert(
      fc.property(when, ({ tz, day, hour, minute }) => {
        const date = Temporal.PlainDate.from('2024-01-01').add({ days: day });
        const midnight = date.toZonedDateTime(tz).epochMilliseconds;
        const next = date.add({ days: 1 }).toZonedDateTime(tz).epochMilliseconds;
        const found = windowsBetween({ cron: `${minute} ${hour} * * *`, tz, for: 60_000 }, midnight, next);
        const begun = found.filter(({ start }) => start >= midnight && start < next);
        expect(begun).toHaveLength(1);
      }),
      { numRuns: 300, seed: 20_261_122 },
    );
  });

  test('is found in a month in no time', () => {
    const began = performance.now();
    windowsBetween({ cron: '*/5 * * * *', tz: 'Asia/Tehran', for: 60_000 }, 0, 2 * DAY);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('a cron expression that is refused', () => {
  test.each([
    ['* * * *', 'expected five fields'],
    ['60 * * * *', 'minute 60 is not between 0 and 59'],
    ['* * * * FUN', '"fun" is not a weekday'],
    ['5-1 * * * *', 'runs backwards'],
    ['*/0 * * * *', 'a step is at least 1'],
    ['@daily', 'expected five fields'],
  ])('%s: %s', (text, message) => expect(cronProblem(text)).toContain(message));
  test.each(['0 2 * * SUN', '*/15 8-17 * * MON-FRI', '0 0 1,15 JAN,JUL *', '30 4 * * 7'])(
    'but not %s',
    (text) => expect(cronProblem(text)).toBeUndefined(),
  );
});
