import { Temporal } from 'temporal-polyfill';

/** Five fields of a cron expression as the values that they allow. */
interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both day fields restricted: either may match, as cron has always had it. */
  readonly eitherDay: boolean;
}

export interface Window {
  readonly cron: string;
  readonly for: number;
  readonly tz: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MS = 86_400_000;

/** What is wrong with an expression, in a sentence without a full stop; undefined when nothing is. */
export function cronProblem(text: string): string | undefined {
  try {
    parseCron(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function parseCron(text: string): Cron {
  const fields = text.trim().toLowerCase().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday)
    throw new Error('expected five fields: minute hour day month weekday');
  const weekdays = field(weekday, { name: 'weekday', min: 0, max: 7, words: WEEKDAYS });
  return {
    minutes: field(minute, { name: 'minute', min: 0, max: 59 }),
    hours: field(hour, { name: 'hour', min: 0, max: 23 }),
    days: new Set(field(day, { name: 'day', min: 1, max: 31 })),
    months: new Set(field(month, { name: 'month', min: 1, max: 12, words: MONTHS })),
    weekdays: new Set(weekdays.map((value) => value % 7)),
    eitherDay: !day.startsWith('*') && !weekday.startsWith('*'),
  };
}

interface Range {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const field = (text: string, range: Range): number[] =>
  [...new Set(text.split(',').flatMap((part) => valuesOf(part, range)))].sort((a, b) => a - b);

/** `*`, `5`, `1-5`, each with `/step`; a single value with a step runs to the end. */
function valuesOf(part: string, range: Range): number[] {
  const match = /^(\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (!match) throw new Error(`"${part}" is not a ${range.name}`);
  const [, whole, first = '', last, every] = match;
  const step = every === undefined ? 1 : Number(every);
  if (step < 1) throw new Error(`"${part}": a step is at least 1`);
  const from = whole === '*' ? range.min : number(first, range);
  const isOpen = whole === '*' || (every !== undefined && last === undefined);
  const to = isOpen ? range.max : last === undefined ? from : number(last, range);
  if (to < from) throw new Error(`"${part}" runs backwards`);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function number(text: string, { name, min, max, words }: Range): number {
  const word = words?.indexOf(text) ?? -1;
  const value = word >= 0 ? word + (words === MONTHS ? 1 : 0) : Number(text);
  if (!/^\d+$/.test(text) && word < 0) throw new Error(`"${text}" is not a ${name}`);
  if (value < min || value > max) throw new Error(`${name} ${text} is not between ${min} and ${max}`);
  return value;
}

/**
 * The windows that touch [from, to) in UTC ms. A start that a zone skips when clocks go forward comes when the
 * gap is over; one that it has twice counts once, the first time.
 */
export function windowsBetween(window: Window, from: number, to: number): { start: number; end: number }[] {
  const cron = parseCron(window.cron);
  const found: { start: number; end: number }[] = [];
  const dayOf = (ms: number) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(window.tz).toPlainDate();
  const last = dayOf(to);
  for (let day = dayOf(from - window.for - DAY_MS); Temporal.PlainDate.compare(day, last) <= 0; ) {
    if (isDay(cron, day)) {
      for (const start of startsOn(cron, day, window.tz)) {
        const end = start + window.for;
        if (start < to && end > from) found.push({ start, end });
      }
    }
    day = day.add({ days: 1 });
  }
  return found.sort((a, b) => a.start - b.start);
}

function isDay(cron: Cron, day: Temporal.PlainDate): boolean {
  if (!cron.months.has(day.month)) return false;
  const byDay = cron.days.has(day.day);
  const byWeekday = cron.weekdays.has(day.dayOfWeek % 7);
  return cron.eitherDay ? byDay || byWeekday : byDay && byWeekday;
}

function startsOn(cron: Cron, day: Temporal.PlainDate, timeZone: string): number[] {
  const starts = new Set<number>();
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      const at = day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from({ hour, minute }) });
      starts.add(at.epochMilliseconds);
    }
  }
  return [...starts];
}
