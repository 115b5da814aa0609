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

  // Matching: what a word found in another way is worth, when the word itself is worth 1
  prefix: 0.8,
  /** The less of a word has been typed, the less its completion counts: (typed / whole) to this power. */
  prefixLength: 0.3,
  bodyPrefix: 0.5,
  maxPrefixWords: 60,
  /** One mistake, two mistakes. */
  fuzzy1: 0.8,
  fuzzy2: 0.55,
  /** Same beginning: at least so many letters, and so large a share of both words. */
  family: 0.5,
  familyRoot: 5,
  familyShare: 0.7,
  synonym: 0.6,
  /** A word put in by a rewording, and the score of the reworded query as a whole. */
  reworded: 0.75,
  rewording: 0.7,
  maxRewordings: 8,
  stopWeight: 0.2,

  // First look, at every article: only to choose the candidates for the second
  titleWeight: 1.5,
  titleLengthNorm: 0.35,
  candidates: 100,
  rewordingCandidates: 50,

  // Second look: (share of the query that was met) ^ coverage, times the sum of the parts below
  coverage: 2.1,
  titlePart: 0.2,
  bodyPart: 0.13,
  /** Words that stand in the title letter for letter; the title is the query. */
  surface: 0.3,
  exactTitle: 1,
  // A line is worth (share of the line named) ^ lineShare * (share of the query named) ^ queryShare,
  // and more by `adjacency` when neighbours are neighbours.
  adjacency: 0.6,
  titleFit: 3.7,
  titleLineShare: 0.8,
  titleQueryShare: 4.8,
  headingFit: 1.25,
  leadFit: 0.7,
  lineShare: 0.7,
  queryShare: 1.7,
} as const;
