import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import type { Metrics } from './metrics.ts';
import { isKnownHost } from './origin-check.ts';
import { type KeptPage, keptKey, type PageCache } from './page-cache.ts';
import { securityHeaders } from './security-headers.ts';

interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly cache: PageCache;
}

/** Only the look (theme) and the language choice: anything else in a cookie needs the whole way. */
const PLAIN_COOKIES = /^(?:\s*(?:theme|lang)=[a-z]*\s*(?:;|$))*$/;

/**
 * The short way for readers without a session: a page that is in memory is answered before any other
 * middleware runs, with headers made beforehand. Everything that must be noticed about a visit (a session,
 * a trail, a navigation by a browser) takes the whole way through `edge` and `pages`.
 */
export function keptPages({ config, log, metrics, cache }: Deps): MiddlewareHandler<HttpEnv> {
  const security = securityHeaders(config.baseUrl.startsWith('https:'));
  const prepared = new WeakMap<KeptPage, { plain: Record<string, string>; brotli: Record<string, string> }>();
  const knownHosts = new Map<string, boolean>();

  function headersOf(page: KeptPage) {
    let both = prepared.get(page);
    if (!both) {
      const plain = { ...page.headers, ...security, ...cacheHeaders(page) };
      both = { plain, brotli: { ...plain, 'content-encoding': 'br' } };
      prepared.set(page, both);
    }
    return both;
  }

  function isKnown(host: string): boolean {
    let known = knownHosts.get(host);
    if (known === undefined) {
      known = isKnownHost(host, config.baseUrl, config.sample);
      // A flood of invented hosts must not fill the memory.
      if (knownHosts.size < 1_000) knownHosts.set(host, known);
    }
    return known;
  }

  return async (c, next) => {
    const incoming = (c.env as HttpBindings | undefined)?.incoming;
    const page =
      incoming && isPlainVisit(incoming)
        ? cache.get(keptKey(themeOf(incoming), incoming.url ?? ''))
        : undefined;
    if (!incoming || !page || !isKnown(incoming.headers.host ?? '')) return next();
    const headers = headersOf(page);
    metrics.request('GET', page.status, 0);
    log.info({ method: 'GET', path: c.req.path, status: page.status, ms: 0 }, 'request');
    if (incoming.headers['if-none-match'] === page.etag)
      return new Response(null, { status: 304, headers: headers.plain });
    const packed =
      page.brotli && incoming.headers['accept-encoding']?.includes('br') ? page.brotli : undefined;
    const body = (packed ?? page.plain) as unknown as BodyInit;
    return new Response(body, { status: page.status, headers: packed ? headers.brotli : headers.plain });
  };
}

function isPlainVisit({ method, headers }: IncomingMessage): boolean {
  if (method !== 'GET' || headers['sec-fetch-dest'] === 'document') return false;
  return headers.cookie === undefined || PLAIN_COOKIES.test(headers.cookie);
}

function themeOf({ headers }: IncomingMessage): string {
  const cookie = headers.cookie;
  if (cookie === undefined) return 'auto';
  return /(?:^|;\s*)theme=(dark|light)\b/.exec(cookie)?.[1] ?? 'auto';
}

/** Readers' caches ask every time and are told in a few bytes that nothing has changed. */
export function cacheHeaders(page: KeptPage): Record<string, string> {
  return { etag: page.etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding, cookie' };
}
