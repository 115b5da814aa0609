import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALWAYS, type CalendarRules, createCalendar } from '../../src/tickets/calendar.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const ms = (iso: string): number => Date.parse(iso);
const iso = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

const rules = (over: Partial<CalendarRules>): CalendarRules => ({
  timezone: 'UTC',
  hours: {},
  holidays: [],
  overrides: {},
  ...over,
});
const day = (from: string, to: string) => [{ from, to }];
const allDays = (windows: CalendarRules['hours']['mon'] = []): CalendarRules['hours'] => ({
  mon: windows,
  tue: windows,
  wed: windows,
  thu: windows,
  fri: windows,
  sat: windows,
  sun: windows,
});

const TEHRAN = createCalendar(
  rules({
    timezone: 'Asia/Tehran',
    hours: {
      sat: day('08:00', '16:00'),
      sun: day('08:00', '16:00'),
      mon: day('08:00', '16:00'),
      tue: day('08:00', '16:00'),
      wed: day('08:00', '16:00'),
      thu: day('08:00', '12:00'),
    },
  }),
);
const OFFICE = createCalendar(
  rules({
    timezone: 'Europe/Berlin',
    hours: {
      mon: [
        { from: '08:00', to: '12:00' },
        { from: '13:00', to: '17:00' },
      ],
      tue: day('09:00', '17:00'),
      wed: day('09:00', '17:00'),
      thu: day('09:00', '17:00'),
      fri: day('09:00', '15:00'),
    },
    holidays: ['2027-05-17'],
    overrides: { '2027-05-18': day('10:00', '11:00'), '2027-05-22': day('09:00', '12:00') },
  }),
);
const NIGHT = createCalendar(rules({ timezone: 'Asia/Dubai', hours: allDays(day('22:00', '06:00')) }));

describe('golden: around the clock', () => {
  test.each([
    ['Berlin loses an hour', '2027-03-28T00:30+01:00', 4 * HOUR, '2027-03-28T05:30+02:00'],
    ['New York loses an hour', '2027-03-14T00:30-05:00', 4 * HOUR, '2027-03-14T05:30-04:00'],
    ['Berlin gains an hour', '2027-10-31T00:30+02:00', 4 * HOUR, '2027-10-31T03:30+01:00'],
  ])('%s', (_name, from, amount, expected) => {
    expect(iso(ALWAYS.add(ms(from), amount))).toBe(iso(ms(expected)));
    for (const timezone of ['Europe/Berlin', 'America/New_York']) {
      const written = createCalendar(rules({ timezone, hours: allDays(day('00:00', '24:00')) }));
      expect(iso(written.add(ms(from), amount))).toBe(iso(ms(expected)));
    }
  });
});

describe('golden: offices', () => {
  test.each([
    ['Tehran over Friday', TEHRAN, '2027-03-04T11:00+03:30', 8 * HOUR, '2027-03-06T15:00+03:30'],
    ['Tehran, asked on Friday', TEHRAN, '2027-03-05T12:00+03:30', 2 * HOUR, '2027-03-06T10:00+03:30'],
    ['over lunch', OFFICE, '2027-05-10T11:30+02:00', HOUR, '2027-05-10T13:30+02:00'],
    ['over a weekend', OFFICE, '2027-05-07T14:00+02:00', 2 * HOUR, '2027-05-10T09:00+02:00'],
    ['to the very end of a window', OFFICE, '2027-05-11T16:00+02:00', HOUR, '2027-05-11T17:00+02:00'],
    ['over a holiday and a short day', OFFICE, '2027-05-14T14:00+02:00', 3 * HOUR, '2027-05-19T10:00+02:00'],
    ['on an extra Saturday', OFFICE, '2027-05-21T14:00+02:00', 2 * HOUR, '2027-05-22T10:00+02:00'],
    ['a night shift', NIGHT, '2027-03-01T23:00+04:00', 8 * HOUR, '2027-03-02T23:00+04:00'],
    ['after midnight', NIGHT, '2027-03-02T05:00+04:00', HOUR, '2027-03-02T06:00+04:00'],
  ])('%s', (_name, calendar, from, amount, expected) => {
    expect(iso(calendar.add(ms(from), amount))).toBe(iso(ms(expected)));
    expect(calendar.between(ms(from), ms(expected))).toBe(amount);
  });

  test('a calendar that never opens has no deadlines and counts nothing', () => {
    const never = createCalendar(rules({}));
    expect(never.add(ms('2027-01-01T00:00Z'), HOUR)).toBeUndefined();
    expect(never.between(ms('2027-01-01T00:00Z'), ms('2028-01-01T00:00Z'))).toBe(0);
  });

  test('windows that overlap count once', () => {
    const calendar = createCalendar(
      rules({
        hours: {
          mon: [
            { from: '08:00', to: '12:00' },
            { from: '10:00', to: '14:00' },
          ],
        },
      }),
    );
    expect(calendar.between(ms('2027-03-01T00:00Z'), ms('2027-03-02T00:00Z'))).toBe(6 * HOUR);
  });
});

const anyInstant = fc.integer({ min: ms('2026-01-01T00:00Z'), max: ms('2029-01-01T00:00Z') });
const anyAmount = fc.integer({ min: 1, max: 200 }).map((quarters) => quarters * 15 * MINUTE);
const anyCalendar = fc.constantFrom(ALWAYS, TEHRAN, OFFICE, NIGHT);

describe('always', () => {
  test('between undoes add', () => {
    fc.assert(
      fc.property(anyCalendar, anyInstant, anyAmount, (calendar, from, amount) => {
        const due = calendar.add(from, amount);
        expect(due).toBeDefined();
        expect(calendar.between(from, due ?? 0)).toBe(amount);
      }),
      { numRuns: 150 },
    );
  });

  test('time adds up, whatever the cut', () => {
    fc.assert(
      fc.property(anyCalendar, anyInstant, anyAmount, anyAmount, (calendar, from, first, second) => {
        const middle = from + first;
        const end = middle + second;
        expect(calendar.between(from, middle) + calendar.between(middle, end)).toBe(
          calendar.between(from, end),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('more work is never due earlier', () => {
    fc.assert(
      fc.property(anyCalendar, anyInstant, anyAmount, anyAmount, (calendar, from, first, second) => {
        expect(calendar.add(from, first + second) ?? 0).toBeGreaterThan(calendar.add(from, first) ?? 0);
      }),
      { numRuns: 150 },
    );
  });
});
