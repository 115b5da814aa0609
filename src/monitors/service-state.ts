import type { Impact } from '../incidents/schema.ts';
import type { MonitorState } from './monitor-state.ts';

/** From best to worst, as people read it; `unknown` is no verdict and never better than one. */
export const SERVICE_STATES = [
  'operational',
  'unknown',
  'maintenance',
  'degraded',
  'partial',
  'down',
] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

const rank = (state: ServiceState): number => SERVICE_STATES.indexOf(state);

export const worstOf = (states: readonly ServiceState[]): ServiceState =>
  states.reduce((worst, state) => (rank(state) > rank(worst) ? state : worst), 'operational');

interface Known {
  readonly monitors: readonly Pick<MonitorState, 'health' | 'overlay'>[];
  /** Impacts of open incidents that people declared. */
  readonly impacts: readonly Impact[];
  readonly inMaintenance: boolean;
}

/** What a service is said to be: its monitors, or what people have declared, whichever is worse. */
export function serviceState({ monitors, impacts, inMaintenance }: Known): ServiceState {
  if (inMaintenance) return 'maintenance';
  return worstOf([ofMonitors(monitors), ...impacts.map(ofImpact)]);
}

const ofImpact = (impact: Impact): ServiceState =>
  (({ minor: 'degraded', major: 'partial', critical: 'down' }) as const)[impact];

function ofMonitors(monitors: Known['monitors']): ServiceState {
  if (monitors.length === 0) return 'operational';
  const states = monitors.map(ofMonitor);
  const known = states.filter((state) => state !== 'unknown' && state !== 'maintenance');
  if (known.length === 0) return states.includes('maintenance') ? 'maintenance' : 'unknown';
  if (known.every((state) => state === 'down')) return 'down';
  if (known.includes('down')) return 'partial';
  return known.includes('degraded') ? 'degraded' : 'operational';
}

function ofMonitor({ health, overlay }: Known['monitors'][number]): ServiceState {
  if (overlay === 'MAINTENANCE') return 'maintenance';
  if (overlay !== null && overlay !== 'FLAPPING') return 'unknown';
  if (health === 'NEW') return 'unknown';
  if (health === 'DOWN' || health === 'RECOVERING') return 'down';
  return health === 'DEGRADED' || overlay === 'FLAPPING' ? 'degraded' : 'operational';
}
