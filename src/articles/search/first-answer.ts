/**
 * Who gives the first answer to a reader whose browser has no index yet.
 *
 * Titles are most of the first tier, and they cannot be made smaller than they are: from some two thousand
 * articles on, fetching them all costs a phone more than one answer from the server does. Above the limit the
 * browser asks the server until the index is there, and fetches the index only after the first answer.
 */
export type FirstAnswer = 'index' | 'server';

/** Transfer size (brotli) of the first tier, in bytes, up to which the browser waits for it. */
export const FIRST_TIER_LIMIT = 64 * 1024;

export const firstAnswerFrom = (firstTierBytes: number): FirstAnswer =>
  firstTierBytes <= FIRST_TIER_LIMIT ? 'index' : 'server';
