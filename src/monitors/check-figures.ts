import type { Outcome } from './step.ts';

/** What the engine counts about itself. Cheap enough for every check. */
export interface CheckFigures {
  due(n: number): void;
  started(lagMs: number): void;
  done(outcome: Outcome): void;
  /** A slot that passed while the check before it was still running. */
  missed(): void;
  read(): FiguresNow;
}

export interface FiguresNow {
  readonly due: number;
  readonly done: Readonly<Record<Outcome, number>>;
  readonly missed: number;
  /** Start later than 1 s after the plan. */
  readonly late: number;
  /** How many began at most so many ms after the plan, by the limits of LAG_LIMITS_MS; the last is all. */
  readonly lags: readonly number[];
}

export const LAG_LIMITS_MS = [10, 25, 50, 75, 100, 150, 200, 250, 350, 500, 750, 1_000, 2_000, 5_000, 10_000];

export function createCheckFigures(): CheckFigures {
  const lags = new Array<number>(LAG_LIMITS_MS.length + 1).fill(0);
  const done = { ok: 0, warn: 0, fail: 0, unknown: 0 };
  let due = 0;
  let missed = 0;
  let late = 0;
  return {
    due: (n) => {
      due += n;
    },
    started(lagMs) {
      const found = LAG_LIMITS_MS.findIndex((limit) => lagMs <= limit);
      const cell = found < 0 ? LAG_LIMITS_MS.length : found;
      lags[cell] = (lags[cell] ?? 0) + 1;
      if (lagMs > 1_000) late++;
    },
    done: (outcome) => {
      done[outcome]++;
    },
    missed: () => {
      missed++;
    },
    read() {
      let sum = 0;
      const cumulative = lags.map((count) => {
        sum += count;
        return sum;
      });
      return { due, done: { ...done }, missed, late, lags: cumulative };
    },
  };
}
