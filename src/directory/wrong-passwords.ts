export interface LockPolicy {
  /** Wrong passwords in `windowMs` that lock. */
  readonly most: number;
  readonly windowMs: number;
  readonly lockMs: number;
}

/** Slow enough for guessing, short enough that somebody else's guesses do not keep a person out for long. */
export const LOCK_POLICY: LockPolicy = { most: 10, windowMs: 15 * 60_000, lockMs: 15 * 60_000 };

export interface WrongCount {
  /** Including the wrong password of just now. */
  readonly count: number;
  readonly since: number | null;
}

export interface AfterWrong extends WrongCount {
  readonly lockedUntil?: number;
}

/** What a wrong password does to an account: counted within a window, a lock at the end of the patience. */
export function afterWrong(
  wrong: WrongCount,
  { now, policy }: { readonly now: number; readonly policy: LockPolicy },
): AfterWrong {
  const isNewWindow = wrong.since === null || wrong.since <= now - policy.windowMs;
  const count = isNewWindow ? 1 : wrong.count;
  if (count >= policy.most) return { count: 0, since: null, lockedUntil: now + policy.lockMs };
  return { count, since: isNewWindow ? now : wrong.since };
}
