import { createRoute, z } from '@hono/zod-openapi';
import { answers } from '../db/answers.ts';
import type { Db } from '../db/db.ts';
import { AppError } from '../lib/app-error.ts';
import { jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import type { Metrics } from './metrics.ts';

const ok = jsonResponse(z.object({ status: z.literal('ok') }), 'Fine');

/** Liveness says the process answers; readiness says its database does too. */
export function healthRoutes(db: Db, metrics: Metrics) {
  const router = newRouter();
  router.openapi(
    createRoute({ method: 'get', path: '/healthz', tags: ['operations'], responses: { 200: ok } }),
    (c) => c.json({ status: 'ok' as const }, 200),
  );
  const ready = createRoute({
    method: 'get',
    path: '/readyz',
    tags: ['operations'],
    responses: { 200: ok, 503: problemResponse('The database does not answer') },
  });
  router.openapi(ready, async (c) => {
    if (!(await answers(db))) throw new AppError('database.unavailable', { status: 503 });
    return c.json({ status: 'ok' as const }, 200);
  });
  router.get('/metrics', async (c) => {
    c.header('content-type', metrics.registry.contentType);
    return c.body(await metrics.registry.metrics());
  });
  return router;
}
