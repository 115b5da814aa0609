import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Db } from '../db/db.ts';
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../lib/clock.ts';
import { LANGS, type Lang } from '../lib/lang.ts';
import type { Problem } from '../lib/problem.ts';
import type { Who } from '../lib/who.ts';
import { type ContentFolder, openContentFolder } from './content-folder.ts';
import { contentProblems } from './content-problems.ts';
import { createIndexBuilder } from './index-builder.ts';
import { articlePath } from './markdown/links.ts';
import { type Rendered, renderMarkdown } from './markdown/render.ts';
import { createReadCounter } from './read-counter.ts';
import type { Article } from './schema.ts';
import { createSearcher, type Searcher } from './searcher.ts';
import { findArticle, listArticles, nextPublishAt } from './shelf.ts';
import { createArticleStore } from './store.ts';
import { type ArticleAnswer, type ArticleSummary, type CategoryView, pageOf, summaryOf } from './view.ts';
import { isVisible } from './visibility.ts';
import type { VoteReason } from './votes.ts';

export interface ArticleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
  /** Folder `content/`. */
  readonly contentDir: string;
  readonly dataDir: string;
  /** Those the portal offers. */
  readonly languages: readonly Lang[];
  readonly defaultLanguage: Lang;
  /** `{path}` is replaced by the path of the file. */
  readonly editUrl?: string | undefined;
  readonly fixIds: () => readonly string[];
  readonly fixTitle: (id: string, lang: Lang) => string;
  /** Empty while nobody knows: then references to services are not checked. */
  readonly serviceIds: () => readonly string[];
}

export type Articles = Awaited<ReturnType<typeof createArticles>>;

/** Articles live from `content/`: lists, pages, search, votes, and what editors should mend. */
export async function createArticles(deps: ArticleDeps) {
  const { clock, log } = deps;
  const folder = openContentFolder(deps.contentDir, log);
  const builder = createIndexBuilder({ dataDir: deps.dataDir, log });
  const searcher = createSearcher({ builder, log, clock });
  const store = createArticleStore(deps.db);
  const reads = createReadCounter(store, clock, log);
  let revision = 1;
  let publishTimer: NodeJS.Timeout | undefined;

  function changed(langs: readonly Lang[]): void {
    revision++;
    waitForPublication();
    void searcher.rebuild(folder.shelf(), langs).then(() => revision++);
  }

  /** An article with a time of publication appears by itself. */
  function waitForPublication(): void {
    clearTimeout(publishTimer);
    const now = clock.now();
    const next = nextPublishAt(folder.shelf(), now);
    if (next === undefined) return;
    publishTimer = setTimeout(() => changed(LANGS), Math.min(next - now + 5, 86_400_000));
    publishTimer.unref();
  }

  waitForPublication();
  await reads.refresh();
  const indexed = searcher.rebuild(folder.shelf(), LANGS).then(() => void revision++);

  return {
    ...library(deps, folder, searcher),
    ...feedback(deps, folder, store),
    ...editing(deps, folder, searcher),

    countRead(lang: Lang, id: string): void {
      if (folder.shelf().articles[lang].has(id)) reads.count(lang, id);
    },
    mostReadIds: () => reads.ids(),

    /** Addresses of the public index; undefined until it has been built for the first time. */
    searchFiles: (lang: Lang) => searcher.files(lang),
    searchFile: (name: string) => searcher.file(name),

    /** For the page cache: changes with everything that a page shows of the articles. */
    version: (): number => revision,
    /** When the index of what was there at the start has been built. */
    indexed: (): Promise<void> => indexed,
    watch: () => folder.watch(changed),

    async close(): Promise<void> {
      clearTimeout(publishTimer);
      await folder.close();
      await builder.close();
      await reads.close();
    },
  };
}

const visibleTo = (who: Who, clock: Clock) => {
  const now = clock.now();
  return (article: Article) => isVisible(article, who, now);
};

const fallbackOrder = (first: Lang): readonly Lang[] => [first, ...LANGS.filter((lang) => lang !== first)];

/** What readers ask for. */
function library(deps: ArticleDeps, folder: ContentFolder, searcher: Searcher) {
  const { clock, languages, defaultLanguage, editUrl } = deps;
  const order = fallbackOrder(defaultLanguage);
  // By the article itself: a changed file is another article, so nothing has to be thrown away.
  const cache = new LRUCache<Article, Rendered>({ max: 300 });
  const render = (article: Article): Rendered => {
    const made = cache.get(article) ?? renderMarkdown(article, { fixTitle: deps.fixTitle });
    cache.set(article, made);
    return made;
  };

  const list = (lang: Lang, who: Who): readonly ArticleSummary[] =>
    listArticles(folder.shelf(), lang, { order, visible: visibleTo(who, clock) }).map((article) =>
      summaryOf(article, lang),
    );

  return {
    /** Every article once, in `lang` where it exists, else in another language (see `lang` of the summary). */
    list,

    get(lang: Lang, id: string, who: Who): ArticleAnswer {
      const visible = visibleTo(who, clock);
      const shelf = folder.shelf();
      const found = findArticle(shelf, id, lang, { order, visible });
      if (found.kind === 'moved') return { kind: 'moved', url: articlePath(lang, found.id) };
      if (found.kind === 'missing') return found;
      const { article } = found;
      const rendered = render(article);
      const parts = { shelf, lang, order, visible, rendered, languages, editUrl, now: clock.now() };
      return { kind: 'found', article: pageOf(article, parts) };
    },

    /** In the order of the file; categories without an article that this person may read are left out. */
    categories(lang: Lang, who: Who): readonly CategoryView[] {
      const shelf = folder.shelf();
      const articles = list(lang, who);
      const own = shelf.categories[lang];
      const others = shelf.categories[defaultLanguage].filter(({ id }) => !own.some((one) => one.id === id));
      return [...own, ...others].flatMap((category) => {
        const inside = articles.filter((article) => article.category === category.id);
        if (inside.length === 0) return [];
        return [{ ...category, url: `/${lang}/articles/${category.id}/`, articles: inside }];
      });
    },

    /** Best first; the same engine, index and scores as in the browser. */
    async search(lang: Lang, query: string, options: { readonly limit: number; readonly who: Who }) {
      const { hits, didYouMean } = await searcher.search(lang, query, options);
      const visible = visibleTo(options.who, clock);
      const own = folder.shelf().articles[lang];
      const results = hits.flatMap(({ id, score, terms }) => {
        const article = own.get(id);
        return article && visible(article) ? [{ ...summaryOf(article, lang), score, terms }] : [];
      });
      return { results, didYouMean };
    },

    /** Absolute path of a file beside an article, when an article that this person may read shows it. */
    attachment(lang: Lang, category: string, name: string, who: Who): string | undefined {
      const visible = visibleTo(who, clock);
      const isShown = [...folder.shelf().articles[lang].values()].some(
        (article) =>
          article.category === category &&
          visible(article) &&
          searcher.outline(article)?.files.some((file) => file.name === name),
      );
      const path = join(deps.contentDir, lang, category, name);
      return isShown && existsSync(path) ? path : undefined;
    },
  };
}

/** "Did this help?" */
function feedback(deps: ArticleDeps, folder: ContentFolder, store: ReturnType<typeof createArticleStore>) {
  const { clock, defaultLanguage, newId } = deps;
  const order = fallbackOrder(defaultLanguage);
  return {
    /** Throws `articles.not-found` (404). The id of the vote lets the same reader add the why. */
    async vote(ballot: {
      readonly lang: Lang;
      readonly id: string;
      readonly helpful: boolean;
      readonly who: Who;
    }): Promise<{ readonly id: string }> {
      const visible = visibleTo(ballot.who, clock);
      const found = findArticle(folder.shelf(), ballot.id, ballot.lang, { order, visible });
      if (found.kind !== 'found') throw new AppError('articles.not-found', { status: 404 });
      const { id: articleId, lang, hash: version } = found.article;
      const id = newId();
      await store.addVote({ id, articleId, lang, version, helpful: ballot.helpful, at: clock.now() });
      return { id };
    },

    /** False when there is no such vote, it is older than an hour, or it was explained already. */
    explainVote: (
      id: string,
      why: { readonly reason: VoteReason | null; readonly comment: string | null },
    ): Promise<boolean> => store.addReason(id, why, clock.now()),

    votes: (since: number) => store.votes(since),
    comments: (since: number, limit: number) => store.comments(since, limit),
  };
}

/** For editors. */
function editing(deps: ArticleDeps, folder: ContentFolder, searcher: Searcher) {
  return {
    /** Everything that should be mended, with file and line. */
    problems: (): readonly Problem[] =>
      contentProblems(folder, deps.contentDir, {
        fixes: deps.fixIds(),
        services: deps.serviceIds(),
        outlineOf: (article) => searcher.outline(article),
      }),
  };
}
