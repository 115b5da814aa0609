import type { ServiceNow } from './portal.ts';

/** Services that a reader should know about before anything else, worst first. */
export function notWell(services: readonly ServiceNow[]): readonly ServiceNow[] {
  const order = ['down', 'degraded', 'maintenance'];
  return services
    .filter(({ state }) => order.includes(state))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.since - a.since);
}
