import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Lang } from '../lib/lang.ts';
import type { ArticleStore } from './store.ts';

const FLUSH_MS = 10_000;
const PERIOD_MS = 30 * 86_400_000;

/** Counts readings in memory and writes them in batches: a page view costs no write, a crash loses seconds. */
export function createReadCounter(store: ArticleStore, clock: Clock, log: Logger) {
  let reads = new Map<string, { articleId: string; lang: Lang; count: number }>();
  let mostRead: readonly string[] = [];

  async function refresh(): Promise<void> {
    const rows = await store.mostRead(clock.now() - PERIOD_MS, 30);
    mostRead = rows.map((row) => row.articleId);
  }
  async function flush(): Promise<void> {
    if (reads.size === 0) return;
    const batch = [...reads.values()];
    reads = new Map();
    await store.addReads(batch, clock.now());
    await refresh();
  }
  const timer = setInterval(() => {
    flush().catch((error: unknown) => log.warn({ err: error }, 'articles: reads could not be counted'));
  }, FLUSH_MS);
  timer.unref();

  return {
    refresh,
    flush,
    count(lang: Lang, articleId: string): void {
      const key = `${lang}/${articleId}`;
      reads.set(key, { articleId, lang, count: (reads.get(key)?.count ?? 0) + 1 });
    },
    /** Ids of the last 30 days, most read first. */
    ids: (): readonly string[] => mostRead,
    async close(): Promise<void> {
      clearInterval(timer);
      await flush().catch(() => undefined);
    },
  };
}
