import { highlight } from '../../articles/search/highlight.ts';
import { openReader, type Reader } from '../../articles/search/reader.ts';
import { isLang, type Lang } from '../../lib/lang.ts';
import type { FromWorker, ToWorker } from './search-messages.ts';

// The search engine off the page's thread: titles first, bodies as soon as they are here.
let reader: Reader | undefined;
let lang: Lang = 'en';
const say = (message: FromWorker): void => self.postMessage(message);

async function bytesOf(url: string): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function open({ t0, t1, ...rest }: Extract<ToWorker, { kind: 'open' }>): Promise<void> {
  if (isLang(rest.lang)) lang = rest.lang;
  const opened = openReader(await bytesOf(t0));
  reader = opened;
  say({ kind: 'ready' });
  opened.addBody(await bytesOf(t1));
  say({ kind: 'ready' });
}

function search({ id, q, limit }: Extract<ToWorker, { kind: 'search' }>): void {
  if (!reader) return;
  const hits = reader.search(q, limit).map((hit) => ({
    url: `/${lang}/articles/${hit.id}/`,
    title: highlight(hit.title, hit.terms, lang),
    note: hit.category ?? '',
  }));
  say({ kind: 'found', id, hits, didYouMean: reader.suggest(q) });
}

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'search') search(data);
  // A body that does not come or does not fit leaves the titles, which are enough to go on.
  else open(data).catch(() => reader === undefined && say({ kind: 'failed' }));
});
