import { serveStatic } from '@hono/node-server/serve-static';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/db.ts';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { newRouter } from '../lib/router.ts';
import type { Who } from '../lib/who.ts';
import { edge } from './edge.ts';
import { healthRoutes } from './health-routes.ts';
import { keptPages } from './kept-pages.ts';
import type { Metrics } from './metrics.ts';
import type { PageCache } from './page-cache.ts';
import { answerError, problemJson } from './problem-json.ts';
import { trailCookie } from './trail-cookie.ts';
import { writeLimit } from './write-limit.ts';

interface Deps {
  readonly config: Config;
  readonly db: Db;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly whoIs: (headers: Headers) => Promise<Who>;
  /** Each feature's routes with the path they are mounted at. */
  readonly routes: readonly (readonly [path: string, router: OpenAPIHono<HttpEnv>])[];
  readonly cache: PageCache;
  readonly pages: Handler<HttpEnv>;
  /** Folder of the built client files. */
  readonly clientDir: string;
}

const MOST_API_BYTES = 256 * 1024;
const MOST_WRITES_PER_MINUTE = 300;

export const openApiHead = (baseUrl: string) => ({
  openapi: '3.1.0',
  info: { title: 'Firstline', version: '1', license: { name: 'MIT' } },
  servers: [{ url: baseUrl }],
});

/** The whole HTTP side: one Hono app in front of everything, pages last. */
export function createApp(deps: Deps): OpenAPIHono<HttpEnv> {
  const app = newRouter();
  app.onError(answerError(deps.log));
  app.use('*', keptPages(deps));
  app.use('*', edge(deps));
  app.use('*', trailCookie(deps.config));
  app.use('*', writeLimit({ perMinute: MOST_WRITES_PER_MINUTE }));
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MOST_API_BYTES,
      onError: () => {
        throw new HTTPException(413);
      },
    }),
  );
  app.route('/', healthRoutes(deps.db, deps.metrics));
  for (const [path, router] of deps.routes) app.route(path, router);
  app.doc31('/api/v1/openapi.json', openApiHead(deps.config.baseUrl));
  app.use(
    '/_a/*',
    serveStatic({
      root: deps.clientDir,
      precompressed: true,
      onFound: (path, c) => {
        c.header('cache-control', 'public, max-age=31536000, immutable');
        // It lies among the hashed files, and looks after the whole site.
        if (path.includes('service-worker')) c.header('service-worker-allowed', '/');
      },
    }),
  );
  app.use(
    '/static/*',
    serveStatic({
      root: deps.clientDir,
      precompressed: true,
      onFound: (_path, c) => c.header('cache-control', 'public, max-age=3600'),
    }),
  );
  app.all('/api/docs', deps.pages);
  app.all('/api/*', (c) => problemJson(c, new AppError('request.no-such-path', { status: 404 })));
  app.all('*', deps.pages);
  return app;
}
