/** Pause before the next try, in ms: doubling, capped, with jitter so that a crowd does not come back at once. */
export function backoff(attempt: number, firstMs: number, maxMs: number, random: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (0.75 + random * 0.5));
}
