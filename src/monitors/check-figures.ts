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
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
}

const CELLS = 4_096;

export function createCheckFigures(): CheckFigures {
  // Lags in whole milliseconds; what is longer than four seconds falls into the last cell.
  const lags = new Uint32Array(CELLS);
  const done = { ok: 0, warn: 0, fail: 0, unknown: 0 };
  let due = 0;
  let missed = 0;
  let late = 0;
  let started = 0;

  function lagAt(share: number): number {
    let left = started * share;
    for (let ms = 0; ms < CELLS; ms++) {
      left -= lags[ms] ?? 0;
      if (left <= 0) return ms;
    }
    return CELLS - 1;
  }

  return {
    due: (n) => {
      due += n;
    },
    started(lagMs) {
      const cell = Math.max(0, Math.min(CELLS - 1, Math.round(lagMs)));
      lags[cell] = (lags[cell] ?? 0) + 1;
      started++;
      if (lagMs > 1_000) late++;
    },
    done: (outcome) => {
      done[outcome]++;
    },
    missed: () => {
      missed++;
    },
    read: () => ({
      due,
      done: { ...done },
      missed,
      late,
      lagP50Ms: started === 0 ? 0 : lagAt(0.5),
      lagP99Ms: started === 0 ? 0 : lagAt(0.99),
    }),
  };
}
