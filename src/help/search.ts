import type { Lang } from '../lib/lang.ts';
import type { Who } from '../lib/who.ts';
import {
  type FoundArticle,
  matchFixes,
  matchIncidents,
  type OfferedFix,
  type OpenIncident,
} from './search-match.ts';

export interface HelpSearchDeps {
  readonly articles: (
    lang: Lang,
    query: string,
    options: { readonly limit: number; readonly who: Who },
  ) => Promise<{ readonly results: readonly FoundArticle[]; readonly didYouMean?: string | undefined }>;
  /** Fixes that this person may start, in their language. */
  readonly fixes: (lang: Lang, who: Who) => readonly OfferedFix[];
  /** Incidents that are not over, in this language. */
  readonly incidents: (lang: Lang) => Promise<readonly OpenIncident[]>;
}

interface FoundHelp {
  readonly results: readonly FoundArticle[];
  readonly fixes: readonly OfferedFix[];
  readonly incidents: readonly OpenIncident[];
  readonly didYouMean?: string;
}

interface SearchOptions {
  readonly limit: number;
  readonly who: Who;
}

export type HelpSearch = (lang: Lang, query: string, options: SearchOptions) => Promise<FoundHelp>;

/** Asked for with every search, so that a short list still tells which service it is about. */
const LEAST_ASKED = 5;

/** One search for everything that helps: articles, the fixes that fit, the incidents that explain it. */
export function createHelpSearch({ articles, fixes, incidents }: HelpSearchDeps): HelpSearch {
  return async (lang, query, { limit, who }) => {
    if (query.trim() === '') return { results: [], fixes: [], incidents: [] };
    const [{ results, didYouMean }, open] = await Promise.all([
      articles(lang, query, { limit: Math.max(limit, LEAST_ASKED), who }),
      incidents(lang),
    ]);
    return {
      results: results.slice(0, limit),
      fixes: matchFixes({ lang, query, fixes: fixes(lang, who), results }),
      incidents: matchIncidents({ lang, query, incidents: open, results }),
      ...(didYouMean === undefined ? {} : { didYouMean }),
    };
  };
}
