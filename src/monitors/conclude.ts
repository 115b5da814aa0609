import type { Monitor } from './catalogue.ts';
import type { Condition, Observed } from './condition.ts';
import type { Observation } from './kind.ts';
import { type Reason, reason } from './reason.ts';
import type { Outcome } from './step.ts';

export interface Conclusion {
  readonly outcome: Outcome;
  readonly reason: Reason | null;
}

const FINE: Conclusion = { outcome: 'ok', reason: null };

/** What a check means: an impossible check says nothing, a broken `fail` is a failure, a broken `warn` a blemish. */
export function conclude(
  monitor: Pick<Monitor, 'fail' | 'warn'>,
  observation: Observation,
  latencyOver: Observed['latencyOver'],
): Conclusion {
  if (observation.unknown) return { outcome: 'unknown', reason: observation.unknown };
  if (observation.failure) return { outcome: 'fail', reason: observation.failure };
  const observed = observedFrom(observation, latencyOver);
  const broken = firstBroken(monitor.fail, observed);
  if (broken) return { outcome: 'fail', reason: broken };
  const blemish = firstBroken(monitor.warn, observed);
  return blemish ? { outcome: 'warn', reason: blemish } : FINE;
}

export const observedFrom = (observation: Observation, latencyOver: Observed['latencyOver']): Observed => ({
  value: (name) =>
    Object.hasOwn(observation.values, name) ? observation.values[name] : observation.lookup?.(name),
  latencyOver,
});

function firstBroken(conditions: readonly Condition[], observed: Observed): Reason | undefined {
  for (const condition of conditions) {
    if (!condition.holds(observed))
      return reason('condition', `${condition.text} (${condition.shown(observed)})`);
  }
  return undefined;
}
