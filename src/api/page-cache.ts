import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { KeepTag } from '../site/portal.ts';

const brotli = promisify(brotliCompress);

export type Versions = Readonly<Record<KeepTag, () => string | number>>;

export interface KeptPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly plain: Buffer;
  /** Undefined until the compression, which runs beside the first answers, is done. */
  brotli?: Buffer;
  readonly etag: string;
  readonly valid: () => boolean;
}

/** Language and page are in the URL; of the rest only the look changes what an anonymous reader sees. */
export const keptKey = (theme: string, url: string): string => `${theme}|${url}`;

/** Only pages whose language is in their path: others depend on cookies and on the browser's wishes. */
export const hasLanguage = (path: string): boolean => /^\/(en|fa|ar|ru)(\/|$)/.test(path);

const MOST_BYTES = 64 * 1024 * 1024;

/** Rendered pages of anonymous readers, by URL and look; valid while the versions they were made from are. */
export function createPageCache(versions: Versions) {
  const pages = new LRUCache<string, KeptPage>({
    maxSize: MOST_BYTES,
    sizeCalculation: (page) => page.plain.length + (page.brotli?.length ?? page.plain.length) + 500,
  });
  return {
    get(key: string): KeptPage | undefined {
      const page = pages.get(key);
      if (!page || page.valid()) return page;
      pages.delete(key);
      return undefined;
    },
    /** `seen` are the versions from before the rendering: a change during it makes the page stale at once. */
    put(
      key: string,
      tags: readonly KeepTag[],
      seen: Readonly<Record<KeepTag, string | number>>,
      answer: { status: number; headers: Readonly<Record<string, string>>; body: Buffer },
    ): KeptPage {
      const page: KeptPage = {
        status: answer.status,
        headers: answer.headers,
        plain: answer.body,
        etag: `"${createHash('sha256').update(answer.body).digest('base64url').slice(0, 22)}"`,
        valid: () => tags.every((tag) => versions[tag]() === seen[tag]),
      };
      pages.set(key, page);
      void brotli(page.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).then((packed) => {
        page.brotli = packed;
      });
      return page;
    },
    snapshot(): Record<KeepTag, string | number> {
      return { articles: versions.articles(), status: versions.status() };
    },
  };
}

export type PageCache = ReturnType<typeof createPageCache>;
