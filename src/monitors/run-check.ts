import type { Monitor } from './catalogue.ts';
import type { CheckContext, Observation, PortalUnderWatch } from './kind.ts';
import { reasonOf } from './reason.ts';

/** One run of one monitor. Never throws: a kind that does has failed to look, which says nothing of the target. */
export async function runCheck(monitor: Monitor, portal: PortalUnderWatch): Promise<Observation> {
  const context: CheckContext = {
    monitor: monitor.id,
    timeoutMs: monitor.timeoutMs,
    wants: monitor.wants,
    portal,
  };
  try {
    return await monitor.kind.check(monitor.settings, context);
  } catch (error) {
    return { latencyMs: 0, values: {}, unknown: reasonOf(error) };
  }
}
