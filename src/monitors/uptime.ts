import type { Charge } from './monitor-state.ts';

/** From `at` on the time is charged so. */
export interface Change {
  readonly at: number;
  readonly charge: Charge;
}

/** Milliseconds per charge. */
export type Charged = Readonly<Record<Charge, number>>;

export const NO_TIME: Charged = { up: 0, down: 0, maintenance: 0, unknown: 0 };

/** How [from, to) is charged by changes in order of time; before the first change nothing is known. */
export function chargeTime(changes: readonly Change[], from: number, to: number): Charged {
  const sum = { up: 0, down: 0, maintenance: 0, unknown: 0 };
  let charge: Charge = 'unknown';
  let at = from;
  for (const change of changes) {
    if (change.at >= to) break;
    if (change.at > at) {
      sum[charge] += change.at - at;
      at = change.at;
    }
    charge = change.charge;
  }
  if (to > at) sum[charge] += to - at;
  return sum;
}

/** Share of the known, unplanned time that was up: 0 to 1; undefined when nothing is known. */
export function uptimeOf(charged: Charged): number | undefined {
  const known = charged.up + charged.down;
  return known === 0 ? undefined : charged.up / known;
}

export const addCharged = (a: Charged, b: Charged): Charged => ({
  up: a.up + b.up,
  down: a.down + b.down,
  maintenance: a.maintenance + b.maintenance,
  unknown: a.unknown + b.unknown,
});

/** A service is down while one of its parts is; in maintenance or unknown only where no part is up. */
const ORDER = ['down', 'up', 'maintenance'] as const;

export const combineCharges = (charges: readonly Charge[]): Charge =>
  ORDER.find((charge) => charges.includes(charge)) ?? 'unknown';

/** The changes of several parts as the changes of the whole. */
export function combineChanges(parts: readonly (readonly Change[])[]): Change[] {
  if (parts.length === 1) return [...(parts[0] ?? [])];
  const all = parts
    .flatMap((changes, part) => changes.map((change) => ({ ...change, part })))
    .sort((a, b) => a.at - b.at);
  const now: Charge[] = parts.map(() => 'unknown');
  const counts = { up: 0, down: 0, maintenance: 0, unknown: parts.length };
  const combined: Change[] = [];
  for (const [i, { at, part, charge }] of all.entries()) {
    counts[now[part] ?? 'unknown']--;
    counts[charge]++;
    now[part] = charge;
    // Several parts that change at the same instant are one change.
    if (all[i + 1]?.at === at) continue;
    const whole = ORDER.find((one) => counts[one] > 0) ?? 'unknown';
    if (combined.at(-1)?.charge !== whole) combined.push({ at, charge: whole });
  }
  return combined;
}
