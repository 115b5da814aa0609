import type { Lang } from '../lib/lang.ts';
import { localeOf } from './words.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(lang: Lang, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang}|${timeZone}|${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(localeOf(lang), { ...options, timeZone });
    formats.set(key, format);
  }
  return format;
}

/** `22 Nov 2026, 14:05`; in Persian by the Persian calendar, which `fa-IR` implies. */
export const formatDateTime = (lang: Lang, at: number, timeZone: string): string =>
  dateFormat(lang, timeZone, { dateStyle: 'medium', timeStyle: 'short' }).format(at);

export const formatDate = (lang: Lang, at: number, timeZone: string): string =>
  dateFormat(lang, timeZone, { dateStyle: 'medium' }).format(at);

export const formatTime = (lang: Lang, at: number, timeZone: string): string =>
  dateFormat(lang, timeZone, { timeStyle: 'short' }).format(at);

export const formatNumber = (lang: Lang, value: number, options?: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat(localeOf(lang), options).format(value);

const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `3 minutes ago`, `in 2 hours`: the largest unit that fits. */
export function formatRelative(lang: Lang, at: number, now: number): string {
  const delta = at - now;
  const [unit, size] = STEPS.find(([, ms]) => Math.abs(delta) >= ms) ?? (['second', 1_000] as const);
  return new Intl.RelativeTimeFormat(localeOf(lang), { numeric: 'auto' }).format(
    Math.round(delta / size),
    unit,
  );
}
