import type { Catalogue } from './catalogue.ts';
import { chargeOf } from './monitor-state.ts';
import { bucketOf, HOUR_MS, quantile, unpack } from './packed-hour.ts';
import type { MonitorDay, Packed, ServiceDay, Transition } from './store.ts';
import { type Change, chargeTime, combineChanges } from './uptime.ts';

export const DAY_MS = 86_400_000;
export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** Transitions in order of time → how each monitor's time is charged. */
export function changesByMonitor(transitions: readonly Transition[]): Map<number, Change[]> {
  const changes = new Map<number, Change[]>();
  for (const { monitor, at, health, overlay } of transitions) {
    const own = changes.get(monitor);
    const change = { at, charge: chargeOf(health, overlay) };
    if (own) own.push(change);
    else changes.set(monitor, [change]);
  }
  return changes;
}

interface Rolled {
  readonly monitors: readonly MonitorDay[];
  readonly services: readonly ServiceDay[];
}

interface DayInput {
  readonly day: number;
  readonly catalogue: Catalogue;
  readonly numbers: ReadonlyMap<string, number>;
  /** Of this day, with the last one before it for each monitor. */
  readonly transitions: readonly Transition[];
  readonly packs: readonly Packed[];
}

/** One finished day as the rows that are kept for ever. */
export function rollDay({ day, catalogue, numbers, transitions, packs }: DayInput): Rolled {
  const from = day * DAY_MS;
  const to = from + DAY_MS;
  const changes = changesByMonitor(transitions);
  const packsOf = Map.groupBy(packs, (pack) => pack.no);
  const monitors = [...catalogue.monitors.keys()].flatMap((id): MonitorDay[] => {
    const no = numbers.get(id);
    const own = no === undefined ? undefined : changes.get(no);
    if (no === undefined || !own) return [];
    const { checks, hours } = latencies(packsOf.get(no) ?? [], day * 24);
    return [{ monitor: no, day, charged: chargeTime(own, from, to), checks, hours }];
  });
  const services = [...catalogue.services.values()].flatMap((service): ServiceDay[] => {
    const parts = service.monitors.flatMap((id) => {
      const own = changes.get(numbers.get(id) ?? -1);
      return own ? [own] : [];
    });
    if (parts.length === 0) return [];
    return [{ service: service.id, day, charged: chargeTime(combineChanges(parts), from, to) }];
  });
  return { monitors, services };
}

/** p50, p95 and maximum of each hour as buckets; 255 where there was no answer. */
function latencies(packs: readonly Packed[], firstHour: number): { checks: number; hours: Uint8Array } {
  const hours = new Uint8Array(72).fill(255);
  let checks = 0;
  for (const { hour, pack } of packs) {
    const answered: number[] = [];
    for (const sample of unpack(hour, pack)) {
      checks++;
      if (sample.outcome === 'ok' || sample.outcome === 'warn') answered.push(sample.latencyMs);
    }
    if (answered.length === 0) continue;
    const at = (hour - firstHour) * 3;
    hours[at] = bucketOf(quantile(answered, 0.5) ?? 0);
    hours[at + 1] = bucketOf(quantile(answered, 0.95) ?? 0);
    hours[at + 2] = bucketOf(quantile(answered, 1) ?? 0);
  }
  return { checks, hours };
}

export const hourOf = (at: number): number => Math.floor(at / HOUR_MS);
