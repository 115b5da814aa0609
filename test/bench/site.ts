// `npm run -s bench:site`: one JSON line per page and language, against a bare Hono route in the same run.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { chromium, type Page } from 'playwright-core';
import { buildSite } from '../../src/cli/build-site.ts';
import { LANGS, type Lang } from '../../src/lib/lang.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '1000' },
    monitors: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '3' },
    langs: { type: 'string', default: LANGS.join(',') },
  },
});

const PAGES = {
  home: (lang: Lang) => `/${lang}/`,
  article: (lang: Lang) => `/${lang}/articles/accounts/reset-password/`,
  'search-page': (lang: Lang) => `/${lang}/search?q=vpn`,
  status: (lang: Lang) => `/${lang}/status`,
  'api-search': (lang: Lang) => `/api/v1/search?q=vpn&lang=${lang}`,
} as const;

await buildSite({ force: false });
const root = sampleRoot(Number(values.articles), Number(values.monitors));
const portal = await startPortal(root);
const hello = await startHello();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  for (const lang of values.langs.split(',') as Lang[]) {
    for (const [page, pathOf] of Object.entries(PAGES)) {
      const url = `${portal.baseUrl}${pathOf(lang)}`;
      const seen = page === 'api-search' ? await transferOnly(url) : await look(url);
      const loaded = await load(url);
      const floor = await load(hello.baseUrl);
      console.log(
        JSON.stringify({
          page,
          lang,
          ...seen,
          rps: Math.round(loaded.rps),
          helloRps: Math.round(floor.rps),
          ratio: Number((loaded.rps / floor.rps).toFixed(3)),
          p99Ms: loaded.p99Ms,
          non2xx: loaded.non2xx,
        }),
      );
    }
  }
} finally {
  await browser.close();
  portal.child.kill();
  hello.child.kill();
  rmSync(root, { recursive: true, force: true });
}
process.exit(0);

/** A root folder with the sample content multiplied and enough monitors, all of them on loopback. */
function sampleRoot(articles: number, monitors: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'firstline-bench-site-'));
  cpSync(join(ROOT, 'content'), join(folder, 'content'), { recursive: true });
  cpSync(join(ROOT, 'firstline.yaml'), join(folder, 'firstline.yaml'));
  for (const lang of LANGS) multiply(join(folder, 'content', lang), articles);
  mkdirSync(join(folder, 'monitors'));
  for (let s = 0; s * 10 < monitors; s++) {
    const lines = Array.from(
      { length: 10 },
      (_, i) => `  - id: bench-${s}-${i}\n    kind: tcp\n    target: 127.0.0.1:9\n    every: 60s\n`,
    );
    const names = LANGS.map((lang) => `${lang}: Service ${s}`).join(', ');
    writeFileSync(
      join(folder, 'monitors', `bench-${s}.yaml`),
      `service:\n  id: bench-${s}\n  name: { ${names} }\n  public: true\nmonitors:\n${lines.join('')}`,
    );
  }
  return folder;
}

function multiply(folder: string, wanted: number): void {
  const originals = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.md'),
  );
  for (let i = originals.length; i < wanted; i++) {
    const original = originals[i % originals.length] ?? '';
    const text = readFileSync(join(folder, original), 'utf8')
      .replace(/^aliases:.*(\n\s+-.*)*$/m, '')
      .replace(/^title: "?(.*?)"?$/m, `title: "$1 (${i})"`);
    writeFileSync(join(folder, original.replace(/\.md$/, `-${i}.md`)), text);
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly baseUrl: string;
}

async function startPortal(folder: string): Promise<Started> {
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const env = { ...process.env, PORT: String(port), FIRSTLINE_ROOT: folder, LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/firstline.mjs'), 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await untilAnswers(`${baseUrl}/readyz`);
  return { child, baseUrl };
}

async function startHello(): Promise<Started> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hello.ts'), String(port)], {
    stdio: 'inherit',
  });
  const baseUrl = `http://localhost:${port}/`;
  await untilAnswers(baseUrl);
  return { child, baseUrl };
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const ok = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await sleep(100);
  }
  throw new Error(`${url} did not answer in 30 s`);
}

async function load(url: string): Promise<{ rps: number; p99Ms: number; non2xx: number }> {
  const result = await autocannon({
    url,
    connections: 20,
    duration: Number(values.seconds),
    headers: { 'accept-encoding': 'br' },
  });
  return { rps: result.requests.average, p99Ms: result.latency.p99, non2xx: result.non2xx };
}

async function transferOnly(url: string) {
  const answer = await fetch(url);
  const body = await answer.arrayBuffer();
  return { htmlBytes: body.byteLength, jsBytes: 0, cssBytes: 0, fontBytes: 0, requests: 1 };
}

/** What a first visit costs in a real browser, with cold caches. */
async function look(url: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const bytes = await countBytes(page);
  await page.addInitScript(observePaint);
  await page.goto(url, { waitUntil: 'networkidle' });
  const paint = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const seen = (globalThis as unknown as { firstlineBench: { lcp: number; cls: number } }).firstlineBench;
    return {
      ttfbMs: Math.round(navigation?.responseStart ?? 0),
      lcpMs: Math.round(seen.lcp),
      cls: Number(seen.cls.toFixed(4)),
    };
  });
  await context.close();
  return { ...bytes(), ...paint };
}

function observePaint(): void {
  const seen = { lcp: 0, cls: 0 };
  (globalThis as unknown as { firstlineBench: typeof seen }).firstlineBench = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.cls += (entry as PerformanceEntry & { value: number }).value;
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Bytes over the wire by kind, headers not counted, from the browser's own protocol. */
async function countBytes(page: Page) {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const kinds = new Map<string, string>();
  const heads = new Map<string, number>();
  const sums: Record<string, number> = { Document: 0, Script: 0, Stylesheet: 0, Font: 0 };
  let requests = 0;
  client.on('Network.responseReceived', (event) => {
    kinds.set(event.requestId, event.type);
    heads.set(event.requestId, event.response.encodedDataLength);
    requests++;
  });
  client.on('Network.loadingFinished', (event) => {
    const kind = kinds.get(event.requestId);
    if (kind && kind in sums)
      sums[kind] =
        (sums[kind] ?? 0) + Math.max(0, event.encodedDataLength - (heads.get(event.requestId) ?? 0));
  });
  return () => ({
    htmlBytes: sums.Document,
    jsBytes: sums.Script,
    cssBytes: sums.Stylesheet,
    fontBytes: sums.Font,
    requests,
  });
}
