/// <reference lib="webworker" />
export {};

declare const self: ServiceWorkerGlobalScope;

/**
 * Reading without a network: the look, the articles that were read, and the search index of the reader's language.
 * Only what the server allows to be kept (`no-store` is not), so nothing of a signed-in person stays here.
 */
const PAGES = 'pages';
const FILES = 'files';
const MOST_PAGES = 60;
const MOST_FILES = 80;
/** How old the kept search index may be before a visit asks for a newer one. */
const INDEX_FOR_MS = 600_000;
const lang = new URL(self.location.href).searchParams.get('lang') ?? 'en';
const offlinePage = `/${lang}/offline`;

self.addEventListener('install', (event) => {
  event.waitUntil(prepare().then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => {
  event.waitUntil(self.registration.navigationPreload.enable().then(() => self.clients.claim()));
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate') event.respondWith(page(event));
  else if (/^\/(_a|search)\//.test(url.pathname)) event.respondWith(file(event.request));
});

/** The offline page with everything it is made of, and the search index. */
async function prepare(): Promise<void> {
  const answer = await fetch(offlinePage, { credentials: 'omit' });
  if (!answer.ok) return;
  const html = await answer.clone().text();
  await (await caches.open(PAGES)).put(offlinePage, answer);
  const files = [...html.matchAll(/"(\/_a\/[^"]+)"/g)].map(([, path]) => path ?? '');
  await keepAll(files);
  await keepIndex();
}

/** Files, and the scripts that these load later: they are named in their text. */
async function keepAll(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(FILES);
  const seen = new Set<string>();
  const add = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    const answer = await fetch(path);
    if (!answer.ok) return;
    const text = path.endsWith('.js') ? await answer.clone().text() : '';
    await cache.put(path, answer);
    await all([...text.matchAll(/["'`](?:\.\/|\/_a\/)([\w.-]+\.js)["'`]/g)].map(([, name]) => `/_a/${name}`));
  };
  // One that fails is not worth losing the others for.
  const all = (some: readonly string[]) => Promise.allSettled(some.map(add));
  await all(paths);
}

let indexAt = 0;

/** The newest index in place of the one that was kept; tried again with the next page when it does not come. */
async function keepIndex(): Promise<void> {
  if (Date.now() - indexAt < INDEX_FOR_MS) return;
  const answer = await fetch('/api/v1/search/files', { credentials: 'omit' }).catch(() => undefined);
  const files = answer?.ok
    ? ((await answer.json()) as Readonly<Record<string, SearchFiles>>)[lang]
    : undefined;
  if (!files) return;
  indexAt = Date.now();
  await keepAll([files.t0, files.t1]);
  const cache = await caches.open(FILES);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname.startsWith(`/search/${lang}.`) && pathname !== files.t0 && pathname !== files.t1)
      await cache.delete(url);
  }
}

interface SearchFiles {
  readonly t0: string;
  readonly t1: string;
}

/** A page that was kept names the index of its own time; the one that is here will do. */
async function keptIndex(pathname: string): Promise<Response | undefined> {
  const cache = await caches.open(FILES);
  const start = /^\/search\/[a-z]{2}\.[01]\./.exec(pathname)?.[0];
  const same = (await cache.keys()).find(({ url }) => start && new URL(url).pathname.startsWith(start));
  return same && cache.match(same);
}

/** From the network; without one as it was when it was last read, or the page that says so. */
async function page(event: FetchEvent): Promise<Response> {
  try {
    const preloaded = (await event.preloadResponse) as Response | undefined;
    const answer = preloaded ?? (await fetch(event.request));
    const isKept = answer.ok && !(answer.headers.get('cache-control') ?? 'no-store').includes('no-store');
    if (isKept) event.waitUntil(keep(PAGES, event.request, answer.clone(), MOST_PAGES));
    event.waitUntil(keepIndex());
    return answer;
  } catch {
    const cache = await caches.open(PAGES);
    return (await cache.match(event.request)) ?? (await cache.match(offlinePage)) ?? Response.error();
  }
}

/** Names with a hash never change: what is here need not be asked for again. */
async function file(request: Request): Promise<Response> {
  const kept = await (await caches.open(FILES)).match(request);
  if (kept) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) void keep(FILES, request, answer.clone(), MOST_FILES);
    return answer;
  } catch {
    return (await keptIndex(new URL(request.url).pathname)) ?? Response.error();
  }
}

async function keep(name: string, request: Request, answer: Response, most: number): Promise<void> {
  const cache = await caches.open(name);
  await cache.put(request, answer);
  const keys = (await cache.keys()).filter((key) => new URL(key.url).pathname !== offlinePage);
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}
