import { translator } from '../i18n/words.ts';
import type { Lang } from '../lib/lang.ts';
import { nearest } from '../lib/nearest.ts';
import type { Problem } from '../lib/problem.ts';

/** A fix as people see it: in lists, beside search results, as a button in an article. */
export interface OfferedFix {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly summary: string;
  /** Words by which people ask for it. */
  readonly keywords: readonly string[];
}

export interface FixCatalogue {
  ids(): readonly string[];
  /** In the order of `firstline.yaml`. */
  list(lang: Lang): readonly OfferedFix[];
  title(id: string, lang: Lang): string;
  has(id: string): boolean;
  problems(): readonly Problem[];
}

/** Those this portal can do; words are `fixes.<id>.title`, `.summary` and `.keywords` (with commas). */
const KNOWN: readonly string[] = ['reset-password', 'unlock-account', 'remind-username'];

/** The fixes that the organisation has switched on. */
export function createFixCatalogue(enabled: readonly string[]): FixCatalogue {
  const ids = enabled.filter((id) => KNOWN.includes(id));
  return {
    ids: () => ids,
    has: (id) => ids.includes(id),
    title: (id, lang) => (KNOWN.includes(id) ? translator(lang)(`fixes.${id}.title`) : id),
    list(lang) {
      const t = translator(lang);
      return ids.map((id) => ({
        id,
        url: `/${lang}/fixes/${id}`,
        title: t(`fixes.${id}.title`),
        summary: t(`fixes.${id}.summary`),
        keywords: t(`fixes.${id}.keywords`)
          .split(/[,،]/)
          .map((word) => word.trim()),
      }));
    },
    problems: () =>
      enabled
        .filter((id) => !KNOWN.includes(id))
        .map((id) => {
          const suggestion = nearest(id, KNOWN);
          return {
            file: 'firstline.yaml',
            line: 1,
            key: 'fixes.enabled',
            code: 'no-fix',
            message: `there is no fix "${id}"; known: ${KNOWN.join(', ')}`,
            ...(suggestion ? { suggestion } : {}),
          };
        }),
  };
}
