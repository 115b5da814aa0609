/** Budgets: a repair that has to be repeated is not a repair. */
export interface Budget {
  readonly targetPerHour: number;
  readonly targetPerDay: number;
  readonly fixPerHour: number;
}

export const BUDGET: Budget = { targetPerHour: 2, targetPerDay: 5, fixPerHour: 20 };

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Of the last runs of a fix so many must not have failed, else it is taken out of service. */
const LOOK_BACK = 10;
const MOST_FAILURES = 3;

export interface PastRun {
  readonly target: string;
  readonly state: string;
  readonly at: number;
}

export type GuardReason = 'switched-off' | 'target-budget' | 'fix-budget' | 'circuit-open';

interface Asked {
  readonly target: string;
  readonly now: number;
  readonly isAutomatic: boolean;
  /** `FIXES=off` or `fixes.automatic: false`. */
  readonly isSwitchedOff: boolean;
  /** Of this fix, a day back or at least the last ten. */
  readonly past: readonly PastRun[];
  readonly budget?: Budget;
}

/** Why a run must not begin now; undefined when it may. People may use what machines may not any more. */
export function guard({
  target,
  now,
  isAutomatic,
  isSwitchedOff,
  past,
  budget = BUDGET,
}: Asked): GuardReason | undefined {
  if (isAutomatic && isSwitchedOff) return 'switched-off';
  if (isAutomatic && isCircuitOpen(past)) return 'circuit-open';
  const onTarget = past.filter((run) => run.target === target);
  if (since(onTarget, now - HOUR) >= budget.targetPerHour) return 'target-budget';
  if (since(onTarget, now - DAY) >= budget.targetPerDay) return 'target-budget';
  return since(past, now - HOUR) >= budget.fixPerHour ? 'fix-budget' : undefined;
}

const since = (runs: readonly PastRun[], from: number): number => runs.filter((run) => run.at > from).length;

export function isCircuitOpen(past: readonly PastRun[]): boolean {
  const last = [...past].sort((a, b) => b.at - a.at).slice(0, LOOK_BACK);
  return (
    last.filter((run) => run.state === 'failed' || run.state === 'not-effective').length >= MOST_FAILURES
  );
}
