import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Lang } from '../lib/lang.ts';
import type { IndexResult, IndexTask } from './index-worker.ts';
import type { Outline } from './outline-of.ts';
import type { Article } from './schema.ts';

export interface LangIndex {
  readonly indexes: IndexResult['indexes'];
  /** By file. */
  readonly outlines: ReadonlyMap<string, Outline>;
}

export interface IndexBuilder {
  build(task: Omit<IndexTask, 'articles'> & { readonly articles: readonly Article[] }): Promise<LangIndex>;
  close(): Promise<void>;
}

/** A thread costs tens of megabytes; after this long without work it ends. */
const IDLE_MS = 20_000;

interface Kept {
  readonly key: string;
  readonly indexes: IndexResult['indexes'];
  readonly outlines: ReadonlyMap<string, { readonly of: string; readonly outline: Outline }>;
}

/** Builds indexes in a thread of its own, and keeps them on disk under the hash of what they were made from. */
export function createIndexBuilder({
  dataDir,
  log,
}: {
  readonly dataDir: string;
  readonly log: Logger;
}): IndexBuilder {
  const folder = join(dataDir, 'search');
  const engine = engineHash();
  const kept = new Map<Lang, Kept>();
  const thread = createThread();

  const sourceHash = (article: Article): string =>
    hashOf([engine, article.lang, article.file, article.bodyOffset, article.hash, article.body.length]);

  function recall(lang: Lang): Kept | undefined {
    const known = kept.get(lang);
    if (known) return known;
    try {
      const read = deserialize(readFileSync(join(folder, `${lang}.index`))) as { engine: string; kept: Kept };
      return read.engine === engine ? read.kept : undefined;
    } catch {
      return undefined;
    }
  }

  function keep(lang: Lang, made: Kept): void {
    kept.set(lang, made);
    try {
      mkdirSync(folder, { recursive: true });
      const path = join(folder, `${lang}.index`);
      // Written beside and renamed: a crash leaves the old file or the new one.
      writeFileSync(`${path}.new`, serialize({ engine, kept: made }));
      renameSync(`${path}.new`, path);
    } catch (error) {
      log.warn(
        { err: error },
        'articles: the search index could not be kept on disk; it is built again at the next start',
      );
    }
  }

  return {
    async build({ articles, ...rest }) {
      const { lang } = rest;
      const before = recall(lang);
      const hashes = articles.map(sourceHash);
      const key = hashOf([engine, rest, articles.map((article, i) => [hashes[i], findable(article)])]);
      if (before?.key === key) {
        kept.set(lang, before);
        return { indexes: before.indexes, outlines: plainOutlines(before.outlines) };
      }
      const result = await thread.run({
        ...rest,
        articles: articles.map((article, i) => {
          const old = before?.outlines.get(article.file);
          return { article, outline: old?.of === hashes[i] ? old?.outline : undefined };
        }),
      });
      const outlines = new Map<string, { of: string; outline: Outline }>();
      articles.forEach(({ file }, i) => {
        const outline = result.outlines[file] ?? before?.outlines.get(file)?.outline;
        if (outline) outlines.set(file, { of: hashes[i] ?? '', outline });
      });
      keep(lang, { key, indexes: result.indexes, outlines });
      return { indexes: result.indexes, outlines: plainOutlines(outlines) };
    },
    close: () => thread.close(),
  };
}

const plainOutlines = (outlines: Kept['outlines']): LangIndex['outlines'] =>
  new Map([...outlines].map(([file, { outline }]) => [file, outline]));

const findable = ({ id, title, summary, keywords, category, audience }: Article) => [
  id,
  title,
  summary,
  keywords,
  category,
  audience,
];

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Changes with every change of the code that makes indexes, so that no old index is read by new code. */
function engineHash(): string {
  const hash = createHash('sha256');
  const root = import.meta.dirname;
  for (const path of globSync('{index-worker,outline-of}.ts', { cwd: root }).concat(
    globSync('{search,markdown}/**/*.ts', { cwd: root }).sort(),
  ))
    hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

interface Waiting {
  resolve(result: IndexResult): void;
  reject(error: unknown): void;
}

function createThread() {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;
  const waiting = new Map<number, Waiting>();

  function end(error?: unknown): void {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error ?? new Error('the index thread ended'));
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(new URL('./index-worker.ts', import.meta.url));
    started.unref();
    started.on('message', ({ id, result, error }) => {
      const waiter = waiting.get(id);
      waiting.delete(id);
      if (error) waiter?.reject(error);
      else waiter?.resolve(result);
      if (waiting.size > 0) return;
      idle = setTimeout(() => {
        worker = undefined;
        void started.terminate();
      }, IDLE_MS);
      idle.unref();
    });
    started.on('error', (error) => worker === started && end(error));
    started.on('exit', () => worker === started && end());
    return started;
  }

  return {
    run(task: IndexTask): Promise<IndexResult> {
      clearTimeout(idle);
      worker ??= start();
      const id = ++last;
      const { promise, resolve, reject } = Promise.withResolvers<IndexResult>();
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, task });
      return promise;
    },
    async close() {
      clearTimeout(idle);
      await worker?.terminate();
    },
  };
}
