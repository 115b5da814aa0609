import { setTimeout as sleep } from 'node:timers/promises';

const KEPT = 32;
const STEP_MS = 50;
const MOST_MS = 2_000;

/**
 * When an answer may be given, so that its time tells nothing: well above what checking a real password took lately,
 * rounded up, the same for everybody.
 */
export function answerAfter(took: readonly number[], leastMs: number): number {
  const slowest = Math.max(0, ...took) * 1.5;
  if (slowest <= leastMs) return leastMs;
  return Math.min(MOST_MS, Math.ceil(slowest / STEP_MS) * STEP_MS);
}

interface Done<T> {
  readonly result: T;
  /** It was the whole work, done for an account that exists. Asking for many others must not make this forgotten. */
  readonly whole: boolean;
}

/** Runs `work` and gives its answer at a moment that does not depend on what it had to do. */
export function createEqualTime(leastMs: number): <T>(work: () => Promise<Done<T>>) => Promise<T> {
  let took: readonly number[] = [];
  return async (work) => {
    const begun = performance.now();
    const due = answerAfter(took, leastMs);
    const { result, whole } = await work();
    const spent = performance.now() - begun;
    if (whole) took = [...took.slice(1 - KEPT), spent];
    if (spent < due) await sleep(Math.ceil(due - spent));
    return result;
  };
}
