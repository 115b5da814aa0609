import type { Reason } from './reason.ts';

export const HEALTHS = ['NEW', 'UP', 'SUSPECT', 'DOWN', 'RECOVERING', 'DEGRADED'] as const;
export type Health = (typeof HEALTHS)[number];

/** Lies over the health and says how far it may be believed; the first that holds is the one that is shown. */
export const OVERLAYS = ['MAINTENANCE', 'BLIND', 'SUPPRESSED', 'UNKNOWN', 'FLAPPING'] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** All that is remembered of a monitor between two checks. Plain data, kept as JSON. */
export interface MonitorState {
  readonly health: Health;
  readonly overlay: Overlay | null;
  /** UTC ms since which health and overlay are as they are. */
  readonly since: number;
  /** Number of the last transition; the next one gets seq + 1, so that writing it twice is seen. */
  readonly seq: number;
  /** Where SUSPECT goes back to. */
  readonly before: 'UP' | 'DEGRADED';
  readonly fails: number;
  readonly oks: number;
  readonly warns: number;
  readonly unknowns: number;
  readonly maintenance: boolean;
  readonly blind: boolean;
  /** The monitor whose failure explains this one. */
  readonly suppressedBy: string | null;
  readonly noData: boolean;
  readonly flapping: boolean;
  /** UTC ms of the latest hard changes (into DOWN, out of it). */
  readonly changes: readonly number[];
  /** People were told that it is down and not yet that it is well again. */
  readonly alerted: boolean;
  /** An incident is open because of it. */
  readonly incident: boolean;
  readonly reason: Reason | null;
}

export const newState = (now: number): MonitorState => ({
  health: 'NEW',
  overlay: null,
  since: now,
  seq: 0,
  before: 'UP',
  fails: 0,
  oks: 0,
  warns: 0,
  unknowns: 0,
  maintenance: false,
  blind: false,
  suppressedBy: null,
  noData: false,
  flapping: false,
  changes: [],
  alerted: false,
  incident: false,
  reason: null,
});

/** How a stretch of time counts towards uptime. */
export const CHARGES = ['up', 'down', 'maintenance', 'unknown'] as const;
export type Charge = (typeof CHARGES)[number];

/** A suspicion counts as up until it is confirmed, a recovery as down until it is. */
export function chargeOf(health: Health, overlay: Overlay | null): Charge {
  if (overlay === 'MAINTENANCE') return 'maintenance';
  if (overlay !== null && overlay !== 'FLAPPING') return 'unknown';
  if (health === 'NEW') return 'unknown';
  return health === 'DOWN' || health === 'RECOVERING' ? 'down' : 'up';
}
