import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Lang } from '../lib/lang.ts';
import { type Outline, outlineOf } from './outline-of.ts';
import { type Article, AUDIENCES, type Audience } from './schema.ts';
import { buildIndex } from './search/build-index.ts';
import { mayRead } from './visibility.ts';

/** One language's articles that are findable, each with its outline where it is already known. */
export interface IndexTask {
  readonly lang: Lang;
  readonly articles: readonly { readonly article: Article; readonly outline?: Outline | undefined }[];
  /** Titles of categories, shown beside the results. */
  readonly categories: Readonly<Record<string, string>>;
  readonly synonyms: readonly (readonly string[])[];
}

export interface IndexFile {
  readonly plain: Uint8Array;
  readonly brotli: Uint8Array;
  readonly hash: string;
}

export interface IndexResult {
  /** `staff` and `agents` hold what the audience may read, and exist only where that is more than `public`. */
  readonly indexes: Readonly<Partial<Record<Audience, { readonly t0: IndexFile; readonly t1: IndexFile }>>>;
  /** By file: those that were asked for without one. */
  readonly outlines: Readonly<Record<string, Outline>>;
}

const file = (plain: Uint8Array, isPublic: boolean): IndexFile => ({
  plain,
  brotli: isPublic
    ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
    : new Uint8Array(0),
  hash: createHash('sha256').update(plain).digest('hex').slice(0, 12),
});

export function runIndexTask({ lang, articles, categories, synonyms }: IndexTask): IndexResult {
  const outlines: Record<string, Outline> = {};
  const docs = articles.map(({ article, outline: known }) => {
    const outline = known ?? outlineOf(article);
    if (!known) outlines[article.file] = outline;
    return {
      audience: article.audience,
      doc: {
        id: article.id,
        title: article.title,
        headings: outline.headings,
        keywords: article.keywords,
        summary: article.summary,
        body: outline.text,
        category: categories[article.category] ?? article.category,
      },
    };
  });
  const indexes: Partial<Record<Audience, { t0: IndexFile; t1: IndexFile }>> = {};
  for (const reader of AUDIENCES) {
    if (reader !== 'public' && !docs.some(({ audience }) => audience === reader)) continue;
    const readable = docs.filter(({ audience }) => mayRead(reader, { audience }));
    const built = buildIndex(
      readable.map(({ doc }) => doc),
      lang,
      { synonyms },
    );
    const isPublic = reader === 'public';
    indexes[reader] = { t0: file(built.t0, isPublic), t1: file(built.t1, isPublic) };
  }
  return { indexes, outlines };
}

// The same file is the worker's entry and, for its types and for tests, a module.
parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: IndexTask }) => {
  try {
    parentPort?.postMessage({ id, result: runIndexTask(task) });
  } catch (error) {
    parentPort?.postMessage({ id, error });
  }
});
