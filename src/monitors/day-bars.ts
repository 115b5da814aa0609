import { DAY_MS } from './days.ts';
import { type Charged, NO_TIME, uptimeOf } from './uptime.ts';

export type BarState = 'up' | 'partial' | 'down' | 'maintenance' | 'none';

/** One day of the strip. */
export interface DayBar {
  /** UTC ms of its beginning. */
  readonly at: number;
  readonly state: BarState;
  readonly downMs: number;
  /** 0 to 1; undefined when nothing was measured. */
  readonly uptime: number | undefined;
}

export const BARS = 90;
/** From this share of the day on a disturbance makes it a bad day. */
const BAD_SHARE = 0.05;

export function dayBar(day: number, charged: Charged): DayBar {
  const uptime = uptimeOf(charged);
  return { at: day * DAY_MS, state: barState(charged), downMs: charged.down, uptime };
}

function barState(charged: Charged): BarState {
  const known = charged.up + charged.down;
  if (known === 0) return charged.maintenance > 0 ? 'maintenance' : 'none';
  if (charged.down === 0) return 'up';
  return charged.down / known >= BAD_SHARE ? 'down' : 'partial';
}

/** The strip up to `today`: days without a row were not measured. */
export function dayBars(byDay: ReadonlyMap<number, Charged>, today: number): readonly DayBar[] {
  return Array.from({ length: BARS }, (_, i) => {
    const day = today - BARS + 1 + i;
    return dayBar(day, byDay.get(day) ?? NO_TIME);
  });
}
