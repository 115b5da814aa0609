import { setTimeout as sleep } from 'node:timers/promises';

const KEPT = 32;
const STEP_MS = 50;
const MOST_MS = 2_000;

/**
 * When an answer may be given, so that its time tells nothing: well above what checking a password took lately,
 * rounded up, the same for everybody.
 */
export function answerAfter(took: readonly number[], leastMs: number): number {
  const slowest = Math.max(0, ...took) * 1.5;
  if (slowest <= leastMs) return leastMs;
  return Math.min(MOST_MS, Math.ceil(slowest / STEP_MS) * STEP_MS);
}

/** Runs `work` and gives its answer at a moment that does not depend on what it had to do. */
export function createEqualTime(leastMs: number): <T>(work: () => Promise<T>) => Promise<T> {
  let took: readonly number[] = [];
  return async (work) => {
    const begun = performance.now();
    const due = answerAfter(took, leastMs);
    try {
      return await work();
    } finally {
      const spent = performance.now() - begun;
      took = [...took.slice(1 - KEPT), spent];
      // Timers end up to a millisecond early; the rest is negligible against the network.
      if (spent < due) await sleep(Math.ceil(due - spent));
    }
  };
}
