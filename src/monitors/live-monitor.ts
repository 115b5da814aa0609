import type { Monitor } from './catalogue.ts';
import { chargeOf, type MonitorState } from './monitor-state.ts';
import { HOUR_MS, type HourPack, openPack, quantile, unpack } from './packed-hour.ts';
import { type Planned, spread } from './plan.ts';
import type { Reason } from './reason.ts';
import type { Outcome } from './step.ts';
import type { Change } from './uptime.ts';

export interface LastResult {
  readonly at: number;
  readonly outcome: Outcome;
  readonly latencyMs: number;
  readonly reason: Reason | null;
}

/** A monitor while it is watched: the one mutable thing of the engine. */
export interface LiveMonitor extends Planned {
  monitor: Monitor;
  everyMs: number;
  phaseMs: number;
  readonly no: number;
  state: MonitorState;
  running: boolean;
  recheck: NodeJS.Timeout | undefined;
  last: LastResult | undefined;
  /** This hour and the one before it: the ring of the last hour. */
  pack: HourPack;
  previous: HourPack | undefined;
  /** Has samples that are not written yet. */
  dirty: boolean;
  /** Changes of how time is charged since the beginning of yesterday, with the one that was in force then. */
  changes: Change[];
  /** The name under which it counts when many fail at once: what it depends on in the end, else its own host. */
  root: string;
}

export function makeLive(monitor: Monitor, no: number, state: MonitorState, now: number): LiveMonitor {
  return {
    id: monitor.id,
    monitor,
    no,
    state,
    everyMs: monitor.everyMs,
    phaseMs: spread(monitor.id, monitor.everyMs),
    running: false,
    recheck: undefined,
    last: undefined,
    pack: openPack(Math.floor(now / HOUR_MS), monitor.everyMs),
    previous: undefined,
    dirty: false,
    changes: [{ at: state.since, charge: chargeOf(state.health, state.overlay) }],
    root: monitor.id,
  };
}

/** Puts one result into the ring; a pack that is full moves back and is given out for writing. */
export function remember(live: LiveMonitor, result: LastResult): HourPack | undefined {
  const hour = Math.floor(result.at / HOUR_MS);
  let full: HourPack | undefined;
  // Also when the clock was set back: the pack of that hour is gone from memory, samples go where they fit.
  if (hour > live.pack.hour) {
    full = live.dirty ? live.pack : undefined;
    live.previous = live.pack;
    live.pack = openPack(hour, live.everyMs);
  }
  live.pack.add(result.at, result.outcome, result.latencyMs);
  live.last = result;
  live.dirty = true;
  return full;
}

/** p-quantile of the latency of the checks that got an answer in the last `ms`. */
export function latencyOver(live: LiveMonitor, p: number, ms: number, now: number): number | undefined {
  const from = now - ms;
  const latencies: number[] = [];
  for (const pack of [live.previous, live.pack]) {
    if (!pack) continue;
    for (const sample of unpack(pack.hour, pack.bytes()))
      if (sample.at >= from && (sample.outcome === 'ok' || sample.outcome === 'warn'))
        latencies.push(sample.latencyMs);
  }
  return quantile(latencies, p);
}

/** The last ancestor without parents of its own; related monitors have the same one. */
export function rootOf(id: string, monitors: ReadonlyMap<string, Monitor>): string {
  const seen = new Set<string>();
  let at = id;
  for (;;) {
    seen.add(at);
    const parent = monitors.get(at)?.parents.find((other) => !seen.has(other));
    if (parent === undefined) return hostOf(monitors.get(at)?.target ?? at);
    at = parent;
  }
}

/** `https://mail.example.org:993/x`, `mail.example.org:993`, `name @192.0.2.1` → the machine behind it. */
export function hostOf(target: string): string {
  const rest = target.includes('@') ? target.slice(target.lastIndexOf('@') + 1) : target;
  const withoutScheme = rest.replace(/^[a-z]+:\/\//i, '').replace(/[/?#].*$/, '');
  return withoutScheme.replace(/:\d+$/, '') || target;
}
