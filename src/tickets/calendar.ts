import { Temporal } from 'temporal-polyfill';

interface OpenWindow {
  readonly from: string;
  readonly to: string;
}

/** When people work, as written in `firstline.yaml`. */
export interface CalendarRules {
  /** IANA. */
  readonly timezone: string;
  readonly hours: Readonly<Partial<Record<Day, readonly OpenWindow[]>>>;
  /** Local dates, `2027-03-21`. */
  readonly holidays: readonly string[];
  readonly overrides: Readonly<Partial<Record<string, readonly OpenWindow[]>>>;
}

/** Business time. All instants are UTC ms; the zone only decides when the windows open. */
export interface Calendar {
  /** When `amount` ms of open time have passed since `from`; undefined when it never opens again. */
  add(from: number, amount: number): number | undefined;
  /** Open time between two instants; 0 when they are the wrong way round. */
  between(from: number, to: number): number;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Day = (typeof DAYS)[number];

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Nobody waits longer than this for an office to open. */
const MOST_DAYS = 3_660;

export const ALWAYS: Calendar = {
  add: (from, amount) => from + amount,
  between: (from, to) => Math.max(0, to - from),
};

export function createCalendar(rules: CalendarRules): Calendar {
  const days = new Map<string, readonly Span[]>();
  const holidays = new Set(rules.holidays);

  function spansOf(date: Temporal.PlainDate): readonly Span[] {
    const key = date.toString();
    const known = days.get(key);
    if (known) return known;
    const day = DAYS[date.dayOfWeek - 1] ?? 'mon';
    const windows = rules.overrides[key] ?? (holidays.has(key) ? [] : (rules.hours[day] ?? []));
    const spans = windows
      .map((window) => spanOf(date, window, rules.timezone))
      .filter((span) => span.end > span.start)
      .sort((a, b) => a.start - b.start);
    days.set(key, spans);
    return spans;
  }

  /** Open spans from `from` on, in order and without overlap. */
  function* spans(from: number): Generator<Span> {
    // The day before too: its last window may reach past midnight.
    let date = Temporal.Instant.fromEpochMilliseconds(from)
      .toZonedDateTimeISO(rules.timezone)
      .toPlainDate()
      .subtract({ days: 1 });
    let last = from;
    for (let day = 0; day < MOST_DAYS; day++, date = date.add({ days: 1 })) {
      for (const span of spansOf(date)) {
        const start = Math.max(span.start, last);
        if (span.end <= start) continue;
        last = span.end;
        yield { start, end: span.end };
      }
    }
  }

  return {
    add(from, amount) {
      let rest = amount;
      for (const { start, end } of spans(from)) {
        if (rest <= end - start) return start + rest;
        rest -= end - start;
      }
      return undefined;
    },
    between(from, to) {
      let sum = 0;
      for (const { start, end } of spans(from)) {
        if (start >= to) break;
        sum += Math.min(end, to) - start;
      }
      return sum;
    },
  };
}

function spanOf(date: Temporal.PlainDate, window: OpenWindow, zone: string): Span {
  const from = minutes(window.from);
  const to = minutes(window.to);
  return { start: instant(date, from, zone), end: instant(date, to > from ? to : to + 1_440, zone) };
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** A local time that a clock change skips or repeats is taken as the standard says ("compatible"). */
const instant = (date: Temporal.PlainDate, minute: number, zone: string): number =>
  date.add({ days: Math.floor(minute / 1_440) }).toZonedDateTime({
    timeZone: zone,
    plainTime: new Temporal.PlainTime(Math.floor((minute % 1_440) / 60), minute % 60),
  }).epochMilliseconds;
