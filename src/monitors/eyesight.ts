import { type BlindReason, blindReason } from './blindness.ts';
import type { LiveMonitor } from './live-monitor.ts';

/** Whether our own results may be believed. */
export interface Eyesight {
  blind(): BlindReason | undefined;
  /** One of those that were well and fail now. */
  isSuspect(one: LiveMonitor): boolean;
  saw(one: LiveMonitor, failed: boolean): void;
  started(lagMs: number): void;
  forget(one: LiveMonitor): void;
  /** At each beat; `gapMs` is how much later than a second after the last one it came. */
  look(gapMs: number): void;
}

interface Deps {
  readonly mono: () => number;
  readonly roots: () => number;
  /** The verdict has changed. */
  readonly onChange: (blind: BlindReason | undefined, was: BlindReason | undefined, gapMs: number) => void;
}

/** Blind at least so long: enough for another look at everything that was suspected. */
const SIGHT_AGAIN_MS = 6_000;

export function createEyesight({ mono, roots, onChange }: Deps): Eyesight {
  const suspects = new Set<LiveMonitor>();
  let blind: BlindReason | undefined;
  let blindSince = 0;
  let lagMs = 0;

  function look(gapMs: number): void {
    const failing = new Set([...suspects].map((one) => one.root)).size;
    const reason = blindReason({ failing, targets: roots(), gapMs, lagMs });
    // What is late now is late for one beat; the next checks will tell.
    lagMs = 0;
    if (reason && blind === undefined) set(reason, gapMs);
    else if (!reason && blind !== undefined && mono() - blindSince > SIGHT_AGAIN_MS) set(undefined, 0);
  }

  function set(reason: BlindReason | undefined, gapMs: number): void {
    const was = blind;
    blind = reason;
    blindSince = mono();
    onChange(reason, was, gapMs);
    if (reason === undefined) suspects.clear();
  }

  return {
    blind: () => blind,
    isSuspect: (one) => suspects.has(one),
    saw(one, failed) {
      const { health } = one.state;
      const wasWell = health === 'UP' || health === 'DEGRADED' || health === 'SUSPECT';
      if (!failed || !wasWell) suspects.delete(one);
      else if (!suspects.has(one)) {
        suspects.add(one);
        if (blind === undefined) look(0);
      }
    },
    started(lag) {
      lagMs = Math.max(lagMs, lag);
    },
    forget: (one) => void suspects.delete(one),
    look,
  };
}
