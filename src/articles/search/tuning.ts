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
  linesPerArticle: 50,
  termsPerLine: 20,
  leadChars: 300,
  leadTerms: 15,
  /** From this many articles on, the built-in synonyms come with the titles: before, the second tier is here at once. */
  synonymsInFirstTier: 300,

  // Matching: what a word found by another way is worth against the word itself
  prefix: 0.8,
  bodyPrefix: 0.5,
  prefixLength: 0.3,
  fuzzy1: 0.8,
  fuzzy2: 0.55,
  family: 0.5,
  familyRoot: 5,
  familyShare: 0.7,
  synonym: 0.6,
  rewording: 0.7,
  reworded: 0.75,
  maxRewordings: 8,
  maxPrefixWords: 60,

  // First look, at every article
  titleWeight: 1.5,
  titleLengthNorm: 0.35,
  stopWeight: 0.204,

  // Second look, at the best candidates
  candidates: 100,
  rewordingCandidates: 50,
  coverage2: 2.149,
  titlePart: 0.214,
  bodyPart: 0.135,
  titleFit: 3.702,
  titleLineShare: 0.798,
  titleQueryShare: 4.813,
  headingFit: 1.252,
  leadFit: 0.7,
  lineShare: 0.701,
  queryShare: 1.69,
  surface: 0.3,
  adjacency: 0.591,
  exactTitle: 1,
};
