import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Lang } from '../lib/lang.ts';
import type { Who } from '../lib/who.ts';
import type { IndexBuilder, LangIndex } from './index-builder.ts';
import type { IndexFile } from './index-worker.ts';
import type { Outline } from './outline-of.ts';
import type { Article, Audience } from './schema.ts';
import { type Hit, openReader, type Reader } from './search/reader.ts';
import type { Shelf } from './shelf.ts';
import { audienceOf, isPublished } from './visibility.ts';

interface Deps {
  readonly builder: IndexBuilder;
  readonly log: Logger;
  readonly clock: Clock;
}

interface Open {
  readonly index: LangIndex;
  readonly readers: Readonly<Partial<Record<Audience, Reader>>>;
  readonly files: { readonly t0: string; readonly t1: string };
}

export interface SearchAnswer {
  readonly hits: readonly Hit[];
  readonly didYouMean?: string | undefined;
}

export type Searcher = ReturnType<typeof createSearcher>;

/** Keeps one open index per language, and the public index files under their hashed names. */
export function createSearcher({ builder, log, clock }: Deps) {
  const open = new Map<Lang, Open>();
  const running = new Map<Lang, Promise<void>>();
  /** By name; those of the build before stay, since pages that name them may still be open. */
  const files = new Map<string, IndexFile>();
  const before = new Map<Lang, readonly string[]>();

  async function buildOne(shelf: Shelf, lang: Lang): Promise<void> {
    const now = clock.now();
    const articles = [...shelf.articles[lang].values()].filter((article) => isPublished(article, now));
    const categories = Object.fromEntries(shelf.categories[lang].map(({ id, title }) => [id, title]));
    const index = await builder.build({ lang, articles, categories, synonyms: shelf.synonyms[lang] });
    const readers: Partial<Record<Audience, Reader>> = {};
    for (const [audience, tiers] of Object.entries(index.indexes)) {
      const reader = openReader(tiers.t0.plain);
      reader.addBody(tiers.t1.plain);
      readers[audience as Audience] = reader;
    }
    open.set(lang, { index, readers, files: publish(lang, index) });
  }

  function publish(lang: Lang, { indexes }: LangIndex): Open['files'] {
    const tiers = indexes.public;
    if (!tiers) throw new Error(`no public index for ${lang}`);
    const names = { t0: `${lang}.0.${tiers.t0.hash}.bin`, t1: `${lang}.1.${tiers.t1.hash}.bin` };
    const last = open.get(lang)?.files;
    const keep = new Set([names.t0, names.t1, ...(last ? [last.t0, last.t1] : [])]);
    for (const old of before.get(lang) ?? []) if (!keep.has(old)) files.delete(old);
    before.set(lang, [...keep]);
    files.set(names.t0, tiers.t0);
    files.set(names.t1, tiers.t1);
    return names;
  }

  /** One build per language at a time; a change during it is built after it. */
  function rebuildOne(shelf: Shelf, lang: Lang): Promise<void> {
    const previous = running.get(lang) ?? Promise.resolve();
    const next = previous.then(() =>
      buildOne(shelf, lang).catch((error: unknown) =>
        log.error({ err: error, lang }, 'articles: the search index could not be built; the last one stays'),
      ),
    );
    running.set(lang, next);
    return next;
  }

  return {
    async rebuild(shelf: Shelf, langs: readonly Lang[]): Promise<void> {
      await Promise.all(langs.map((lang) => rebuildOne(shelf, lang)));
    },

    async search(
      lang: Lang,
      query: string,
      { limit, who }: { readonly limit: number; readonly who: Who },
    ): Promise<SearchAnswer> {
      // Only before the very first index does a search wait; later it uses the last one.
      if (!open.has(lang)) await running.get(lang);
      const readers = open.get(lang)?.readers;
      const audience = audienceOf(who);
      const reader =
        (audience === 'agents'
          ? (readers?.agents ?? readers?.staff)
          : audience === 'staff'
            ? readers?.staff
            : undefined) ?? readers?.public;
      if (!reader) return { hits: [] };
      return { hits: reader.search(query, limit), didYouMean: reader.suggest(query) };
    },

    files(lang: Lang): { readonly t0: string; readonly t1: string } | undefined {
      const names = open.get(lang)?.files;
      return names && { t0: `/search/${names.t0}`, t1: `/search/${names.t1}` };
    },

    file: (name: string): IndexFile | undefined => files.get(name),

    outline: (article: Article): Outline | undefined =>
      open.get(article.lang)?.index.outlines.get(article.file),
  };
}
