import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Handler } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Config } from '../config/config.ts';
import { formatDate, formatDateTime, formatNumber, formatRelative, formatTime } from '../i18n/format.ts';
import { translator } from '../i18n/words.ts';
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../lib/clock.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { directionOf } from '../lib/lang.ts';
import type { KeepTag, PageContext, Portal } from '../site/portal.ts';
import { captureResponse } from './captured-response.ts';
import { cacheHeaders } from './kept-pages.ts';
import { hasLanguage, type KeptPage, keptKey, type PageCache } from './page-cache.ts';

/** What `astro build` in middleware mode exports. */
export type AstroHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next: ((error?: unknown) => void) | undefined,
  locals: object,
) => Promise<void>;

interface Deps {
  readonly config: Config;
  readonly clock: Clock;
  readonly astro: AstroHandler;
  readonly portal: Portal;
  readonly cache: PageCache;
}

const MOST_FORM_BYTES = 64 * 1024;

/** All pages: from memory where they are kept there, else rendered by Astro. */
export function pages({ config, clock, astro, portal, cache }: Deps): Handler<HttpEnv> {
  return async (c) => {
    const theme = themeOf(c);
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    const { incoming } = c.env as HttpBindings;
    const cacheable = isRead && c.var.who.kind === 'anonymous' && hasLanguage(c.req.path);
    const key = keptKey(theme, incoming.url ?? '');
    const kept = cacheable ? cache.get(key) : undefined;
    if (kept) return answerKept(c, kept);
    if (!isRead) refuseLargeForm(c);
    const tags: KeepTag[] = [];
    const page = pageContext(c, { config, clock, theme, tags });
    const seen = cache.snapshot();
    const { res, done } = captureResponse(incoming);
    await astro(incoming, res, undefined, { portal, page });
    const { status, headers, body } = await done;
    const isKeepable =
      cacheable && tags.length > 0 && (status === 200 || status === 404) && !headers.has('set-cookie');
    if (isKeepable) {
      const type = headers.get('content-type') ?? 'text/html; charset=utf-8';
      return answerKept(c, cache.put(key, tags, seen, { status, headers: { 'content-type': type }, body }));
    }
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
    headers.delete('transfer-encoding');
    return new Response(status === 204 || status === 304 ? null : new Uint8Array(body), { status, headers });
  };
}

function answerKept(c: Context<HttpEnv>, page: KeptPage): Response {
  const headers: Record<string, string> = { ...page.headers, ...cacheHeaders(page) };
  if (c.req.header('if-none-match') === page.etag) return new Response(null, { status: 304, headers });
  const packed = page.brotli && c.req.header('accept-encoding')?.includes('br') ? page.brotli : undefined;
  if (packed) headers['content-encoding'] = 'br';
  return new Response((packed ?? page.plain) as unknown as BodyInit, { status: page.status, headers });
}

const themeOf = (c: Context<HttpEnv>): PageContext['theme'] => {
  const theme = c.req.header('cookie') ? getCookie(c, 'theme') : undefined;
  return theme === 'dark' || theme === 'light' ? theme : 'auto';
};

/** Forms are small and come with their length; anything else is refused before it is read. */
function refuseLargeForm(c: Context<HttpEnv>): void {
  const length = Number(c.req.header('content-length') ?? Number.NaN);
  if (!Number.isFinite(length)) throw new AppError('request.length-required', { status: 411 });
  if (length > MOST_FORM_BYTES) throw new AppError('request.too-large', { status: 413 });
}

interface ContextParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly theme: PageContext['theme'];
  readonly tags: KeepTag[];
}

function pageContext(c: Context<HttpEnv>, { config, clock, theme, tags }: ContextParts): PageContext {
  const lang = c.var.lang;
  const zone = config.org.organisation.timezone;
  const now = clock.now();
  return {
    lang,
    dir: directionOf(lang),
    theme,
    who: c.var.who,
    ip: c.var.ip,
    requestId: c.var.requestId,
    now,
    pathInLang: c.req.path.replace(/^\/(en|fa|ar|ru)(?=\/|$)/, '') || '/',
    t: translator(lang),
    dateTime: (at) => formatDateTime(lang, at, zone),
    date: (at) => formatDate(lang, at, zone),
    time: (at) => formatTime(lang, at, zone),
    relative: (at) => formatRelative(lang, at, now),
    number: (value, options) => formatNumber(lang, value, options),
    keep: (...more) => void tags.push(...more),
    tried: c.var.trail,
    trail: (step) => void c.var.trail.push(step),
  };
}
