export type BlindReason = 'frozen' | 'mass-failure' | 'late';

export interface Sight {
  /** Distinct unrelated targets that were well and fail now. */
  readonly failing: number;
  /** Distinct unrelated targets. */
  readonly targets: number;
  /** ms between the last two beats, which should be 1,000. */
  readonly gapMs: number;
  /** How late the latest checks began, ms. */
  readonly lagMs: number;
}

const FROZEN_MS = 5_000;
const LATE_MS = 3_000;
const FEWEST = 5;
const SHARE = 0.3;

/** When too much fails at once, or we were not awake, the checker is the likelier suspect than the world. */
export function blindReason({ failing, targets, gapMs, lagMs }: Sight): BlindReason | undefined {
  if (gapMs > FROZEN_MS) return 'frozen';
  if (lagMs > LATE_MS) return 'late';
  return failing > Math.max(FEWEST, targets * SHARE) ? 'mass-failure' : undefined;
}
