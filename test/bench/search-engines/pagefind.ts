import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { close, createIndex } from 'pagefind';
import type { Lang } from '../../../src/lib/lang.ts';
import type { Article } from '../search-corpus.ts';
import { brotliBytes, type Engine } from './engine.ts';

/** The part of Pagefind's browser script that is used here. */
type Result = { readonly id: string; readonly data: () => Promise<{ readonly url: string }> };
type Pagefind = {
  readonly init: (lang: string) => Promise<void>;
  readonly search: (query: string) => Promise<{ readonly results: readonly Result[] }>;
};

/** Its own page shows five results at a time. */
const SHOWN = 5;
const COLD_SESSIONS = 15;
/** What a person types first; whole titles would fetch more of the index. */
const TYPED_WORDS = 3;
const MARK = 'pagefind_dcd';

const escaped = (text: string) => text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
const tags = (name: string, texts: readonly string[]) =>
  texts.map((text) => `<${name}>${escaped(text)}</${name}>`).join('');

async function build(articles: readonly Article[], lang: Lang, folder: string): Promise<void> {
  const { index } = await createIndex({ forceLanguage: lang });
  if (!index) throw new Error('pagefind did not start');
  for (const { title, headings, body, id } of articles) {
    const main = `<h1>${escaped(title)}</h1>${tags('h2', headings)}${tags('p', body.split('\n'))}`;
    await index.addHTMLFile({
      url: `/${encodeURIComponent(id)}`,
      content: `<html lang="${lang}"><body><main data-pagefind-body>${main}</main></body></html>`,
    });
  }
  await index.writeFiles({ outputPath: folder });
  await close();
}

/** What has been fetched since the last time somebody looked. */
type Traffic = { requests: number; bytes: number };
const traffic: Traffic = { requests: 0, bytes: 0 };
const sizes = new Map<string, number>();

/** Its files are compressed already; the smaller of that and brotli is what a browser would get. */
function transferSize(path: string, bytes: Uint8Array): number {
  const known = sizes.get(path) ?? Math.min(bytes.length, brotliBytes(bytes));
  sizes.set(path, known);
  return known;
}

const realFetch = globalThis.fetch;
/** Pagefind fetches its files beside its script; here they are on disk. */
async function fetchFile(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const url = String(input instanceof Request ? input.url : input);
  if (!url.startsWith('file:')) return realFetch(input, init);
  const path = fileURLToPath(url.split('?')[0] ?? url);
  const bytes = await readFile(path);
  traffic.requests++;
  traffic.bytes += transferSize(path, bytes);
  return new Response(new Uint8Array(bytes));
}

let sessions = 0;
async function openSession(folder: string, lang: Lang): Promise<Pagefind> {
  const url = `${pathToFileURL(join(folder, 'pagefind.js')).href}?session=${sessions++}`;
  const pagefind = (await import(url)) as Pagefind;
  await pagefind.init(lang);
  return pagefind;
}

/** Result id -> article id, from the fragments themselves, so that asking for it costs no time of a search. */
function articleIds(folder: string): Map<string, string> {
  const ids = new Map<string, string>();
  for (const name of readdirSync(join(folder, 'fragment'))) {
    const text = gunzipSync(readFileSync(join(folder, 'fragment', name))).toString('utf8');
    const { url } = JSON.parse(text.slice(text.indexOf(MARK) + MARK.length)) as { url: string };
    ids.set(name.replace('.pf_fragment', ''), decodeURIComponent(url.slice(1)));
  }
  return ids;
}

/** Median traffic from an empty cache to five results that can be shown. */
async function coldSession(folder: string, lang: Lang, articles: readonly Article[]): Promise<Traffic> {
  const seen: Traffic[] = [];
  for (let i = 0; i < COLD_SESSIONS; i++) {
    Object.assign(traffic, { requests: 0, bytes: 0 });
    const pagefind = await openSession(folder, lang);
    const title = articles[(i * 37) % articles.length]?.title ?? '';
    const { results } = await pagefind.search(title.split(' ').slice(0, TYPED_WORDS).join(' '));
    await Promise.all(results.slice(0, SHOWN).map((result) => result.data()));
    seen.push({ ...traffic });
  }
  const median = (of: (one: Traffic) => number) => seen.map(of).sort((a, b) => a - b)[seen.length >> 1] ?? 0;
  return { requests: median(({ requests }) => requests), bytes: median(({ bytes }) => bytes) };
}

function allBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.pf_|pagefind-entry|^wasm/.test(name))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

export const pagefind: Engine = async (articles, lang) => {
  const folder = mkdtempSync(join(tmpdir(), 'pagefind-'));
  const start = performance.now();
  await build(articles, lang, folder);
  const buildMs = Math.round(performance.now() - start);
  globalThis.fetch = fetchFile as typeof fetch;
  const engineBytes = brotliBytes(readFileSync(join(folder, 'pagefind.js')));
  const cold = await coldSession(folder, lang, articles);
  const loadStart = performance.now();
  const session = await openSession(folder, lang);
  const loadMs = Math.round(performance.now() - loadStart);
  const ids = articleIds(folder);
  return {
    async search(query, limit) {
      const { results } = await session.search(query);
      return results.slice(0, limit).map(({ id }) => ids.get(id) ?? id);
    },
    cost: {
      firstAnswerBytes: engineBytes + cold.bytes,
      fullBytes: engineBytes + allBytes(folder),
      engineBytes,
      requests: 1 + cold.requests,
      buildMs,
      loadMs,
    },
    async close() {
      globalThis.fetch = realFetch;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
