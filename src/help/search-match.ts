import { analyserFor } from '../articles/search/analysis/analyser.ts';
import { wordsOf } from '../articles/search/analysis/words.ts';
import type { ArticleSummary } from '../articles/view.ts';
import type { Lang } from '../lib/lang.ts';

export interface FoundArticle extends ArticleSummary {
  readonly score: number;
  /** Words of the title that answer the query, for marking them. */
  readonly terms: readonly string[];
}

export interface OfferedFix {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly summary: string;
  /** Words by which people ask for it. */
  readonly keywords?: readonly string[];
}

export interface OpenIncident {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly services: readonly string[];
  /** Names of the services, in the reader's language. */
  readonly serviceNames: readonly string[];
  /** UTC ms. */
  readonly since: number;
}

const MOST_FIXES = 3;
const MOST_INCIDENTS = 3;
/** Share of the query's words that a fix or an incident has to meet by itself. */
const ENOUGH = 0.5;
/** An article speaks for a fix or a service when its score is at least this share of the best. */
const CLOSE_TO_BEST = 0.7;

/** How much of what was asked (without filler words) stands in `texts`: 0 to 1. */
export function coverage(query: string, texts: readonly string[], lang: Lang): number {
  const { stem, isStop } = analyserFor(lang);
  const wanted = new Set(
    wordsOf(query, lang)
      .filter((word) => !isStop(word))
      .map(stem),
  );
  if (wanted.size === 0) return 0;
  const there = new Set(texts.flatMap((text) => wordsOf(text, lang)).map(stem));
  return [...wanted].filter((word) => there.has(word)).length / wanted.size;
}

const best = (results: readonly FoundArticle[]): readonly FoundArticle[] => {
  const top = results[0]?.score ?? 0;
  return results.slice(0, 3).filter(({ score }) => score >= top * CLOSE_TO_BEST);
};

/** Fixes named by the best article come first, then those whose own words answer the query. */
export function matchFixes({
  lang,
  query,
  fixes,
  results,
}: {
  readonly lang: Lang;
  readonly query: string;
  readonly fixes: readonly OfferedFix[];
  readonly results: readonly FoundArticle[];
}): readonly OfferedFix[] {
  const named = best(results).flatMap((article) => article.fixes);
  return fixes
    .map((fix) => {
      const own = coverage(query, [fix.title, ...(fix.keywords ?? [])], lang);
      const place = named.indexOf(fix.id);
      return { fix, score: (own >= ENOUGH ? own : 0) + (place < 0 ? 0 : 1 / (place + 1)) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_FIXES)
    .map(({ fix }) => fix);
}

/** Incidents of the services that the best articles are about, or whose own words answer the query. */
export function matchIncidents({
  lang,
  query,
  incidents,
  results,
}: {
  readonly lang: Lang;
  readonly query: string;
  readonly incidents: readonly OpenIncident[];
  readonly results: readonly FoundArticle[];
}): readonly OpenIncident[] {
  const services = new Set(best(results).map((article) => article.service));
  return incidents
    .filter(
      (incident) =>
        incident.services.some((id) => services.has(id)) ||
        coverage(query, [incident.title, ...incident.serviceNames, ...incident.services], lang) >= ENOUGH,
    )
    .sort((a, b) => b.since - a.since)
    .slice(0, MOST_INCIDENTS);
}
