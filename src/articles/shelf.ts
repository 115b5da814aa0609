import type { Lang } from '../lib/lang.ts';
import { LANGS } from '../lib/lang.ts';
import type { Article, Category } from './schema.ts';

/** All articles as they stand now. Immutable: a change makes a new shelf. */
export interface Shelf {
  /** By language and `<category>/<slug>`. */
  readonly articles: Readonly<Record<Lang, ReadonlyMap<string, Article>>>;
  readonly categories: Readonly<Record<Lang, readonly Category[]>>;
  readonly synonyms: Readonly<Record<Lang, readonly (readonly string[])[]>>;
  /** Old addresses: `<category>/<slug>` → the present one. */
  readonly aliases: ReadonlyMap<string, string>;
}

const perLang = <T>(make: (lang: Lang) => T): Readonly<Record<Lang, T>> =>
  Object.fromEntries(LANGS.map((lang) => [lang, make(lang)])) as Record<Lang, T>;

interface Parts {
  readonly articles: Iterable<Article>;
  readonly categories: Readonly<Partial<Record<Lang, readonly Category[]>>>;
  readonly synonyms: Readonly<Partial<Record<Lang, readonly (readonly string[])[]>>>;
}

export function shelve({ articles, categories, synonyms }: Parts): Shelf {
  const byLang = perLang(() => new Map<string, Article>());
  const aliases = new Map<string, string>();
  const sorted = [...articles].sort((a, b) => (a.file < b.file ? -1 : 1));
  for (const article of sorted) {
    byLang[article.lang].set(article.id, article);
    for (const alias of article.aliases) {
      const old = alias.includes('/') ? alias : `${article.category}/${alias}`;
      aliases.set(old, article.id);
    }
  }
  return {
    articles: byLang,
    categories: perLang((lang) => categories[lang] ?? []),
    synonyms: perLang((lang) => synonyms[lang] ?? []),
    aliases,
  };
}

export type Found =
  | { readonly kind: 'found'; readonly article: Article; readonly isFallback: boolean }
  | { readonly kind: 'moved'; readonly id: string }
  | { readonly kind: 'missing' };

/** The article in `lang`, else in the first other language that has it (`order`), else where it moved to. */
export function findArticle(
  shelf: Shelf,
  id: string,
  lang: Lang,
  { order, visible }: { readonly order: readonly Lang[]; readonly visible: (article: Article) => boolean },
): Found {
  for (const other of [lang, ...order.filter((one) => one !== lang)]) {
    const article = shelf.articles[other].get(id);
    if (article && visible(article)) return { kind: 'found', article, isFallback: other !== lang };
  }
  const moved = shelf.aliases.get(id);
  return moved === undefined || moved === id ? { kind: 'missing' } : { kind: 'moved', id: moved };
}

/** Every visible article once: in `lang` where it exists, else in the first other language that has it. */
export function listArticles(
  shelf: Shelf,
  lang: Lang,
  { order, visible }: { readonly order: readonly Lang[]; readonly visible: (article: Article) => boolean },
): readonly Article[] {
  const chosen = new Map<string, Article>();
  for (const other of [lang, ...order.filter((one) => one !== lang)]) {
    for (const [id, article] of shelf.articles[other])
      if (!chosen.has(id) && visible(article)) chosen.set(id, article);
  }
  return [...chosen.values()];
}

/** The languages in which an article can be read. */
export const languagesOf = (
  shelf: Shelf,
  id: string,
  visible: (article: Article) => boolean,
): readonly Lang[] =>
  LANGS.filter((lang) => {
    const article = shelf.articles[lang].get(id);
    return article !== undefined && visible(article);
  });

/** The source has been changed since this translation was made. */
export function isOutdated(shelf: Shelf, article: Article): boolean {
  const from = article.translationOf;
  if (!from) return false;
  const source = shelf.articles[from.lang].get(article.id);
  return source !== undefined && source.hash !== from.hash;
}

/** When the next article becomes visible by the clock; undefined when none waits. */
export function nextPublishAt(shelf: Shelf, now: number): number | undefined {
  let next: number | undefined;
  for (const lang of LANGS) {
    for (const { status, publishAt } of shelf.articles[lang].values()) {
      if (status === 'published' && publishAt !== undefined && publishAt > now)
        next = Math.min(next ?? publishAt, publishAt);
    }
  }
  return next;
}
