/**
 * Every number of the search engine that was chosen by measuring (`npm run bench:search`), in one place.
 * Tuned on all four languages together; a change must pay in the sum, not for one query.
 */
export const TUNING = {
  // Build
  headingBoost: 1.6,
  summaryBoost: 1.6,
  /** BM25 weight (without idf, summed over fields) that becomes impact 15. */
  strongestImpact: 4.5,
  termsPerArticle: 60,
  headingTermsPerArticle: 12,
  /** Up to this many articles, heading terms travel with the titles. */
  headingsInFirstTier: 2000,

  // Matching: what a word found by another way is worth against the word itself
  prefix: 0.8,
  bodyPrefix: 0.5,
  prefixLength: 0.3,
  fuzzy1: 0.8,
  fuzzy2: 0.55,
  synonym: 0.6,
  maxPrefixWords: 60,

  // Scoring
  titleWeight: 2.2,
  bodyWeight: 1,
  titleLengthNorm: 0.35,
  stopWeight: 0.3,
  coverage: 1.5,

  // Second look at the best candidates
  candidates: 100,
  titleCoverage: 0.6,
  surface: 0.2,
  adjacency: 0.25,
  exactTitle: 1,
};
