import type { Reader } from '../db/db.ts';
import { translator } from '../i18n/words.ts';
import { type Lang, localText } from '../lib/lang.ts';
import { DAY_MS, dayOf, hourOf } from './days.ts';
import type { LiveMonitor } from './live-monitor.ts';
import type { Health, Overlay } from './monitor-state.ts';
import { quantile, unpack } from './packed-hour.ts';
import type { Reason } from './reason.ts';
import type { Outcome } from './step.ts';
import { lastTransitions, readMonitorDays, readPacks } from './store.ts';
import { addCharged, type Charged, chargeTime, NO_TIME, uptimeOf } from './uptime.ts';

/** A monitor as the API and the admin pages show it. Settings stay inside: they may hold secrets. */
export interface MonitorView {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly kind: string;
  readonly target: string;
  readonly everyMs: number;
  readonly expect: { readonly fail: readonly string[]; readonly warn: readonly string[] };
  readonly dependsOn: readonly string[];
  readonly health: Health;
  readonly overlay: Overlay | null;
  readonly since: number;
  readonly reason: string | null;
  readonly last: {
    readonly at: number;
    readonly outcome: Outcome;
    readonly latencyMs: number;
    readonly reason: string | null;
  } | null;
  readonly uptimeDay: number | null;
}

export interface MonitorDetail extends MonitorView {
  readonly uptime: Readonly<Record<'day' | 'week' | 'month' | 'quarter', number | null>>;
  /** By hour, oldest first. */
  readonly latency: readonly { readonly at: number; readonly p50: number; readonly p95: number }[];
  readonly transitions: readonly {
    readonly at: number;
    readonly health: Health;
    readonly overlay: Overlay | null;
    readonly reason: string | null;
  }[];
}

/** In the reader's language, with the machine's own words behind it. */
export function reasonWords(why: Reason | null, lang: Lang): string | null {
  if (why === null) return null;
  const words = translator(lang)(`monitors.reason.${why.code}`);
  return why.detail ? `${words}: ${why.detail}` : words;
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

export function monitorView(one: LiveMonitor, lang: Lang, now = Date.now()): MonitorView {
  const { monitor, state, last } = one;
  return {
    id: one.id,
    name: monitor.name ? localText(monitor.name, lang) : one.id,
    service: monitor.service,
    kind: monitor.kind.kind,
    target: monitor.target,
    everyMs: one.everyMs,
    expect: {
      fail: monitor.fail.map((condition) => condition.text),
      warn: monitor.warn.map((condition) => condition.text),
    },
    dependsOn: monitor.parents,
    health: state.health,
    overlay: state.overlay,
    since: state.since,
    reason: reasonWords(state.reason, lang),
    last: last
      ? {
          at: last.at,
          outcome: last.outcome,
          latencyMs: round(last.latencyMs),
          reason: reasonWords(last.reason, lang),
        }
      : null,
    uptimeDay: uptimeOf(chargeTime(one.changes, now - DAY_MS, now)) ?? null,
  };
}

export async function monitorDetail(
  db: Reader,
  one: LiveMonitor,
  lang: Lang,
  now: number,
): Promise<MonitorDetail> {
  const today = dayOf(now);
  const hour = hourOf(now);
  const days = await readMonitorDays(db, one.no, today - 89);
  const packs = await readPacks(db, one.no, hour - 23, hour);
  const transitions = await lastTransitions(db, one.no, 50);
  const charged = new Map<number, Charged>(days.map((row) => [row.day, row.charged]));
  charged.set(today, chargeTime(one.changes, today * DAY_MS, now));
  const over = (count: number): number | null => {
    let total = NO_TIME;
    for (let day = today - count + 1; day <= today; day++)
      total = addCharged(total, charged.get(day) ?? NO_TIME);
    return uptimeOf(total) ?? null;
  };
  const view = monitorView(one, lang, now);
  return {
    ...view,
    uptime: { day: view.uptimeDay, week: over(7), month: over(30), quarter: over(90) },
    latency: [...packs, { hour: one.pack.hour, pack: one.pack.bytes() }].flatMap((packed) => hourly(packed)),
    transitions: transitions.map(({ at, health, overlay, reason }) => ({
      at,
      health,
      overlay,
      reason: reasonWords(reason, lang),
    })),
  };
}

function hourly({ hour, pack }: { readonly hour: number; readonly pack: Uint8Array }) {
  const answered = [...unpack(hour, pack)]
    .filter((sample) => sample.outcome === 'ok' || sample.outcome === 'warn')
    .map((sample) => sample.latencyMs);
  const p50 = quantile(answered, 0.5);
  const p95 = quantile(answered, 0.95);
  if (p50 === undefined || p95 === undefined) return [];
  return [{ at: hour * 3_600_000, p50: round(p50), p95: round(p95) }];
}
