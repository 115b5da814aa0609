import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { jsonBody, jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import type { Fixes } from './fixes.ts';
import { fixSchema, runSchema, startSchema } from './schema.ts';

const tag = { tags: ['fixes'] };

/** Mounted at `/api/v1`. */
export function fixRoutes(fixes: Fixes): OpenAPIHono<HttpEnv> {
  const router = newRouter();

  router.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/fixes',
      summary: 'The repairs that you may start',
      responses: { 200: jsonResponse(z.object({ fixes: z.array(fixSchema) }), 'The catalogue') },
    }),
    (c) => c.json({ fixes: [...fixes.list(c.var.lang, c.var.who)] }, 200),
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/fixes/{id}/runs',
      summary: 'Start a repair',
      request: { params: z.object({ id: z.string().max(60) }), body: jsonBody(startSchema) },
      responses: {
        202: jsonResponse(runSchema, 'Begun; with `next` the person goes on there'),
        401: problemResponse('Sign in first'),
        404: problemResponse('No such fix'),
        422: problemResponse('Not an input of this fix'),
        429: problemResponse('Over its budget'),
      },
    }),
    async (c) => {
      const { input, lang = c.var.lang } = c.req.valid('json');
      const { run, cookies } = await fixes.start(c.req.valid('param').id, input, {
        who: c.var.who,
        lang,
        ip: c.var.ip,
      });
      for (const line of cookies) c.header('set-cookie', line, { append: true });
      c.header('cache-control', 'no-store');
      return c.json(run, 202);
    },
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/fix-runs/{id}',
      summary: 'How far a run is',
      request: { params: z.object({ id: z.uuid() }) },
      responses: { 200: jsonResponse(runSchema, 'The run'), 404: problemResponse('No such run') },
    }),
    async (c) => {
      const run = await fixes.run(c.req.valid('param').id, c.var.lang, c.req.header('cookie') ?? null);
      if (!run) throw new AppError('fixes.no-such-run', { status: 404 });
      c.header('cache-control', 'no-store');
      return c.json(run, 200);
    },
  );

  return router;
}
