/** Where "now" comes from. Handed in everywhere, so that decisions can be tested with any time. */
export interface Clock {
  /** UTC epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
