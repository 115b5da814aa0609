import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { pino } from 'pino';
import { createApp } from '../../src/api/app.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import { createPageCache } from '../../src/api/page-cache.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Db } from '../../src/db/db.ts';
import type { HttpEnv } from '../../src/lib/http-env.ts';
import { ANONYMOUS, type Person } from '../../src/lib/who.ts';
import { freePort } from './free-port.ts';

interface Parts {
  readonly db: Db;
  readonly routers: readonly OpenAPIHono<HttpEnv>[];
  readonly people: readonly Person[];
}

export interface HttpApp {
  readonly base: string;
  /** As one of the people, by login; '' is anonymous. */
  call(login: string, path: string, init?: RequestInit): Promise<Response>;
  post(login: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** The real front with a feature's routes on a real port; pages are answered with their path. */
export async function startHttpApp({ db, routers, people }: Parts): Promise<HttpApp> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'firstline-http-'));
  mkdirSync(join(dataDir, 'client'));
  const config = loadConfig({ PORT: String(port), DATA_DIR: dataDir });
  const app = createApp({
    config,
    db,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    whoIs: async (headers) =>
      people.find(({ login }) => headers.get('cookie')?.includes(`firstline.session=${login}`)) ?? ANONYMOUS,
    routes: routers.map((router) => ['/', router] as const),
    cache: createPageCache({ articles: () => 0, status: () => 0 }),
    pages: (c) => c.text(c.req.path),
    clientDir: join(dataDir, 'client'),
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://localhost:${port}`;
  const call: HttpApp['call'] = (login, path, init = {}) => {
    const headers = new Headers(init.headers);
    const cookies = [headers.get('cookie'), login && `firstline.session=${login}`].filter(Boolean);
    if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
    return fetch(base + path, { ...init, headers });
  };
  return {
    base,
    call,
    post: (login, path, body, headers = {}) =>
      call(login, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async stop() {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
