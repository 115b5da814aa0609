import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import { createPageCache } from '../../src/api/page-cache.ts';
import { type AstroHandler, pages } from '../../src/api/pages.ts';
import { loadConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { newRouter } from '../../src/lib/router.ts';
import { ANONYMOUS, type Who } from '../../src/lib/who.ts';
import type { PageContext, Portal } from '../../src/site/portal.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';

let database: TestDatabase;
let base: string;
let port: number;
let stop: () => Promise<void>;
let rendered = 0;
let version = 1;
const logged: string[] = [];

/** Stands where the built pages stand: writes like Astro's middleware does, in pieces, with a header list. */
const renderer: AstroHandler = async (req, res, _next, locals) => {
  rendered++;
  const { page } = locals as { page: PageContext };
  if (req.url?.includes('kept')) page.keep('articles');
  if (req.url?.includes('slow')) await sleep(50);
  if (req.url?.includes('broken')) throw new Error('secret inside of the page');
  res.writeHead(req.url?.includes('missing') ? 404 : 200, { 'content-type': 'text/html' });
  res.write(`<p>${page.lang} ${page.theme} ${page.who.kind} ${'x'.repeat(2_000)}`);
  res.write(new TextEncoder().encode('سلام'));
  res.end();
};

beforeAll(async () => {
  database = await openTestDatabase();
  port = await freePort();
  const root = mkdtempSync(join(tmpdir(), 'firstline-app-'));
  const config = loadConfig({ PORT: String(port), DATA_DIR: root });
  const log = pino({ level: 'info', base: null }, { write: (line: string) => void logged.push(line) });
  const metrics = createMetrics();
  const cache = createPageCache({ articles: () => version, status: () => 0 });
  const portal = { org: config.org, sample: true, baseUrl: config.baseUrl } as Portal;
  const router = newRouter();
  router.get('/boom', () => {
    throw new Error('select password from secret_table');
  });
  router.post('/echo', async (c) => c.json(await c.req.json()));
  const whoIs = async (headers: Headers): Promise<Who> =>
    headers.get('cookie')?.includes('firstline.session=good')
      ? {
          kind: 'person',
          id: '1',
          login: 'nina',
          name: 'N',
          email: 'n@example.org',
          lang: 'en',
          roles: [],
          teams: [],
        }
      : ANONYMOUS;
  const app = createApp({
    config,
    db: database.db,
    log,
    metrics,
    whoIs,
    routes: [['/api/v1', router]],
    cache,
    pages: pages({ config, clock: systemClock, astro: renderer, portal, cache }),
    clientDir: join(root, 'client'),
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  base = `http://localhost:${port}`;
  stop = async () => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    rmSync(root, { recursive: true, force: true });
  };
});
afterAll(async () => {
  await stop();
  await database.remove();
});
beforeEach(() => {
  version++;
  rendered = 0;
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(base + path, { headers });

describe('pages in memory', () => {
  test('are rendered once for all anonymous readers, until what they show changes', async () => {
    await get('/en/kept');
    await get('/en/kept');
    expect(rendered).toBe(1);
    version++;
    await get('/en/kept');
    expect(rendered).toBe(2);
  });

  test('a page that did not ask for it is rendered every time and never stored', async () => {
    await get('/en/other');
    const answer = await get('/en/other');
    expect(rendered).toBe(2);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('a change during the rendering is not lost', async () => {
    const slow = get('/en/kept-slow');
    await sleep(20);
    version++;
    await slow;
    await get('/en/kept-slow');
    expect(rendered).toBe(2);
  });

  test('somebody with a session never gets, and never leaves, a kept page', async () => {
    await get('/en/kept');
    const own = await (await get('/en/kept', { cookie: 'firstline.session=good' })).text();
    expect(own).toContain('person');
    expect(await (await get('/en/kept')).text()).toContain('anonymous');
  });

  test('each look and language is kept apart', async () => {
    await get('/en/kept');
    expect(await (await get('/en/kept', { cookie: 'theme=dark' })).text()).toContain('en dark');
    expect(await (await get('/fa/kept')).text()).toContain('fa auto');
    expect(await (await get('/en/kept')).text()).toContain('en auto');
  });

  test('a page without a language in its path is not kept: it depends on the browser', async () => {
    expect(await (await get('/kept', { 'accept-language': 'fa' })).text()).toContain('fa');
    expect(await (await get('/kept', { 'accept-language': 'ru' })).text()).toContain('ru');
  });

  test('an unchanged page costs a 304', async () => {
    const etag = (await get('/en/kept')).headers.get('etag') ?? '';
    const again = await get('/en/kept', { 'if-none-match': etag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  test('is sent in brotli to who can read it, with the same text', async () => {
    const plain = await (await get('/en/kept', { 'accept-encoding': 'identity' })).text();
    await sleep(100);
    const packed = await get('/en/kept', { 'accept-encoding': 'gzip, br' });
    expect(packed.headers.get('content-encoding')).toBe('br');
    expect(await packed.text()).toBe(plain);
    expect(plain).toContain('سلام');
  });

  test('carry the same security headers on every way', async () => {
    const first = await get('/en/kept');
    const kept = await get('/en/kept');
    for (const name of [
      'content-security-policy',
      'referrer-policy',
      'x-content-type-options',
      'x-frame-options',
    ]) {
      expect(kept.headers.get(name)).toBe(first.headers.get(name));
      expect(kept.headers.get(name)).toBeTruthy();
    }
  });

  test('a page that breaks says nothing about the inside', async () => {
    const answer = await get('/en/broken');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret inside');
  });

  test('HEAD answers like GET, without a body', async () => {
    const answer = await fetch(`${base}/en/kept`, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });
});

describe('hostile requests', () => {
  const post = (path: string, init: RequestInit) => fetch(base + path, { method: 'POST', ...init });

  test('a body over the limit is refused before the work', async () => {
    const answer = await post('/api/v1/echo', {
      body: 'x'.repeat(1_000_000),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'request.too-large' });
  });

  test('a form over the limit is refused, one without a length too', async () => {
    expect((await post('/en/form', { body: 'x'.repeat(100_000) })).status).toBe(413);
    const chunked = await new Promise<number>((resolve, reject) => {
      const req = httpRequest(
        `${base}/en/form`,
        { method: 'POST', headers: { 'transfer-encoding': 'chunked' } },
        (res) => {
          res.resume();
          resolve(res.statusCode ?? 0);
        },
      );
      req.on('error', reject);
      req.end('a=b');
    });
    expect(chunked).toBe(411);
    expect(rendered).toBe(0);
  });

  test('a form from another site is refused', async () => {
    const answer = await post('/en/form', { body: 'a=b', headers: { origin: 'https://evil.example' } });
    expect(answer.status).toBe(403);
    expect(rendered).toBe(0);
  });

  test('another name that points at us is refused, also for kept pages', async () => {
    await get('/en/kept');
    for (const path of ['/en/kept', '/api/v1/x']) {
      const status = await new Promise<number>((resolve, reject) => {
        httpRequest({ port, host: '127.0.0.1', path, headers: { host: 'evil.example' } }, (res) => {
          res.resume();
          resolve(res.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(421);
    }
    expect(rendered).toBe(1);
  });

  test('an unexpected error is one calm sentence with a number, never its text', async () => {
    const answer = await get('/api/v1/boom');
    const body = await answer.text();
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(body).not.toMatch(/select|secret_table|\.ts/);
    expect(JSON.parse(body)).toMatchObject({
      code: 'unexpected',
      requestId: answer.headers.get('x-request-id'),
    });
  });

  test('an unknown path of the API is a problem in the language of the reader', async () => {
    const answer = await get('/api/v1/nothing?lang=ru');
    expect(await answer.json()).toMatchObject({
      status: 404,
      code: 'request.no-such-path',
      title: 'По этому адресу ничего нет.',
    });
  });

  test('broken HTTP is answered or cut, and the portal goes on', async () => {
    for (const text of [
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
      '\0\0\0\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.end(text);
      await once(socket, 'close');
    }
    expect((await get('/healthz')).status).toBe(200);
  });

  test('a query never reaches the log, nor a line break from the path', async () => {
    logged.length = 0;
    await get('/en/find%0A%22level%22:60?q=my-password-is-hunter2');
    expect(logged.join('')).not.toContain('hunter2');
    expect(logged.every((line) => line.trim().split('\n').length === 1)).toBe(true);
  });
});

describe('what operators ask', () => {
  test('liveness, readiness and figures', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await get('/readyz')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('firstline_http_requests_total');
  });

  test('the OpenAPI document describes itself as 3.1', async () => {
    expect(await (await get('/api/v1/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
  });
});
