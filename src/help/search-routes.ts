import { createRoute, z } from '@hono/zod-openapi';
import { LANGS } from '../lib/lang.ts';
import { jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import type { HelpSearch } from './search.ts';

const answer = z
  .object({
    results: z.array(
      z.object({
        id: z.string(),
        url: z.string(),
        title: z.string(),
        summary: z.string(),
        score: z.number(),
        category: z.string(),
        service: z.string().optional(),
      }),
    ),
    fixes: z.array(z.object({ id: z.string(), url: z.string(), title: z.string(), summary: z.string() })),
    incidents: z.array(
      z.object({
        id: z.string(),
        url: z.string(),
        title: z.string(),
        services: z.array(z.string()),
        since: z.int(),
      }),
    ),
    didYouMean: z.string().optional(),
  })
  .openapi('SearchAnswer');

const route = createRoute({
  method: 'get',
  path: '/search',
  tags: ['articles'],
  summary: 'Articles, fixes and known incidents for what a person typed',
  request: {
    query: z.object({
      q: z.string().max(300).default(''),
      lang: z.enum(LANGS).optional(),
      limit: z.coerce.number().int().min(1).max(50).default(10),
    }),
  },
  responses: { 200: jsonResponse(answer, 'Best first'), 422: problemResponse('The query does not fit') },
});

/** Mounted at `/api/v1`. */
export function searchRoutes(search: HelpSearch) {
  const router = newRouter();
  router.openapi(route, async (c) => {
    const { q, lang = c.var.lang, limit } = c.req.valid('query');
    const found = await search(lang, q, { limit, who: c.var.who });
    c.header('cache-control', 'no-store');
    return c.json(
      {
        results: found.results.map(({ id, url, title, summary, score, category, service }) => ({
          id,
          url,
          title,
          summary,
          score,
          category,
          ...(service === undefined ? {} : { service }),
        })),
        fixes: found.fixes.map(({ id, url, title, summary }) => ({ id, url, title, summary })),
        incidents: found.incidents.map(({ id, url, title, services, since }) => ({
          id,
          url,
          title,
          services: [...services],
          since,
        })),
        ...(found.didYouMean === undefined ? {} : { didYouMean: found.didYouMean }),
      },
      200,
    );
  });
  return router;
}
