import type { Clock } from '../../src/lib/clock.ts';

export interface ManualClock extends Clock {
  set(at: number): void;
  advance(ms: number): void;
}

/** A clock that stands still until the test moves it. */
export function manualClock(at: number = Date.UTC(2026, 10, 22, 9, 0)): ManualClock {
  let now = at;
  return {
    now: () => now,
    set(to) {
      now = to;
    },
    advance(ms) {
      now += ms;
    },
  };
}
