import type { Lang } from '../lib/lang.ts';
import { articlePath } from './markdown/links.ts';
import type { Rendered } from './markdown/render.ts';
import type { Article, Category } from './schema.ts';
import { findArticle, isOutdated, languagesOf, type Shelf } from './shelf.ts';

/** An article as lists, cards and search results show it. */
export interface ArticleSummary {
  readonly id: string;
  readonly url: string;
  /** The language it is written in: may be another one than asked for. */
  readonly lang: Lang;
  readonly title: string;
  readonly summary: string;
  readonly category: string;
  readonly service?: string | undefined;
  readonly fixes: readonly string[];
  readonly audience: Article['audience'];
}

export interface ArticlePage extends ArticleSummary {
  readonly slug: string;
  /** Safe HTML; `<p data-service="vpn"></p>` is a place for a live state. */
  readonly html: string;
  readonly headings: Rendered['headings'];
  readonly steps: readonly string[];
  readonly version: string;
  readonly status: Article['status'];
  readonly owner: string;
  /** Shown in another language than asked for, since there is no translation. */
  readonly isFallback: boolean;
  /** The source has changed since this was translated. */
  readonly isOutdated: boolean;
  /** The language it was translated from. */
  readonly sourceLang?: Lang | undefined;
  /** `YYYY-MM-DD` */
  readonly reviewBy?: string | undefined;
  readonly isStale: boolean;
  /** Languages in which it can be read. */
  readonly langs: readonly Lang[];
  readonly related: readonly ArticleSummary[];
  readonly editUrl?: string | undefined;
}

export type ArticleAnswer =
  | { readonly kind: 'found'; readonly article: ArticlePage }
  | { readonly kind: 'moved'; readonly url: string }
  | { readonly kind: 'missing' };

export interface CategoryView extends Category {
  readonly url: string;
  readonly articles: readonly ArticleSummary[];
}

export const summaryOf = (article: Article, lang: Lang): ArticleSummary => ({
  id: article.id,
  url: articlePath(lang, article.id),
  lang: article.lang,
  title: article.title,
  summary: article.summary,
  category: article.category,
  service: article.service,
  fixes: article.fixes,
  audience: article.audience,
});

interface PageParts {
  readonly shelf: Shelf;
  /** The language of the page around the article. */
  readonly lang: Lang;
  /** Languages to fall back to, in this order. */
  readonly order: readonly Lang[];
  readonly visible: (article: Article) => boolean;
  readonly rendered: Rendered;
  readonly languages: readonly Lang[];
  readonly editUrl: string | undefined;
  readonly now: number;
}

export function pageOf(article: Article, parts: PageParts): ArticlePage {
  const { shelf, lang, order, visible, rendered, languages, editUrl, now } = parts;
  const today = new Date(now).toISOString().slice(0, 10);
  const related = article.related.flatMap((id) => {
    const found = findArticle(shelf, id, lang, { order, visible });
    return found.kind === 'found' ? [summaryOf(found.article, lang)] : [];
  });
  return {
    ...summaryOf(article, lang),
    slug: article.slug,
    html: rendered.html,
    headings: rendered.headings,
    steps: rendered.steps,
    version: article.hash,
    status: article.status,
    owner: article.owner,
    isFallback: article.lang !== lang,
    isOutdated: isOutdated(shelf, article),
    sourceLang: article.translationOf?.lang,
    reviewBy: article.reviewBy,
    isStale: article.reviewBy !== undefined && article.reviewBy < today,
    langs: languagesOf(shelf, article.id, visible).filter((one) => languages.includes(one)),
    related,
    editUrl: editUrl?.replace('{path}', article.file),
  };
}
