/** What the planner must know of a monitor. Times are of a clock that cannot be set, in ms. */
export interface Planned {
  readonly id: string;
  readonly everyMs: number;
  /** Place inside of the interval, from the hash of the id: 0 ≤ phase < everyMs. */
  readonly phaseMs: number;
}

export interface Due {
  readonly id: string;
  readonly at: number;
}

/** FNV-1a, then a final mix: near ids land far apart. */
export function spread(id: string, everyMs: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % everyMs;
}

/**
 * All that falls due in [from, to), earliest first. Windows that touch never lose or double a slot. After a
 * long pause a monitor is due once, at its latest slot: there is no sense in making up for missed ones.
 */
export function dueBetween(monitors: Iterable<Planned>, from: number, to: number): Due[] {
  const due: Due[] = [];
  for (const { id, everyMs, phaseMs } of monitors) {
    const behind = (((to - 1 - phaseMs) % everyMs) + everyMs) % everyMs;
    const at = to - 1 - behind;
    if (at >= from) due.push({ id, at });
  }
  return due.sort((a, b) => a.at - b.at);
}

const FIRST_LOOKS_MS = 5_000;
const FIRST_LOOKS_PER_SECOND = 200;

/**
 * After a start, or when monitors are new, nobody knows how they are: they are looked at soon, and not after their
 * whole interval. Spread so that a crowd of them is no burst.
 */
export function firstLooks(monitors: readonly Planned[], now: number): Due[] {
  const crowdMs = (monitors.length / FIRST_LOOKS_PER_SECOND) * 1_000;
  const span = Math.round(Math.max(FIRST_LOOKS_MS, crowdMs));
  return monitors
    .filter(({ everyMs }) => everyMs > span)
    .map(({ id }) => ({ id, at: now + spread(`${id}:first`, span) }))
    .sort((a, b) => a.at - b.at);
}
