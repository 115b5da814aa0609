import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../lib/app-error.ts';
import { isLang, LANGS } from '../lib/lang.ts';
import { jsonBody, jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import type { Articles } from './articles.ts';
import { FILE_NAME } from './markdown/links.ts';
import { VOTE_REASONS } from './votes.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
};

const manifest = z
  .record(z.enum(LANGS), z.object({ t0: z.string(), t1: z.string() }))
  .openapi('SearchManifest');

/** The public search index as files, and files beside articles; mounted at `/`. */
export function articleFileRoutes(articles: Articles) {
  const router = newRouter();
  // A reading is a visit by a browser; programs and prefetching do not count.
  router.use('/:lang/articles/:category/:slug', async (c, next) => {
    const { lang, category, slug } = c.req.param();
    const isVisit = c.req.method === 'GET' && c.req.header('sec-fetch-dest') === 'document';
    if (isVisit && isLang(lang)) articles.countRead(lang, `${category}/${slug}`);
    await next();
  });
  router.get('/search/:name{[a-z]{2}\\.[01]\\.[0-9a-f]+\\.bin}', (c) => {
    const file = articles.searchFile(c.req.param('name'));
    if (!file) throw new AppError('request.no-such-path', { status: 404 });
    const packed = c.req.header('accept-encoding')?.includes('br') ?? false;
    if (packed) c.header('content-encoding', 'br');
    c.header('vary', 'accept-encoding');
    c.header('cache-control', 'public, max-age=31536000, immutable');
    c.header('content-type', 'application/octet-stream');
    return c.body(new Uint8Array(packed ? file.brotli : file.plain));
  });
  router.get('/files/:lang/:category/:name', (c) => {
    const { lang, category, name } = c.req.param();
    const path =
      isLang(lang) && FILE_NAME.test(name) ? articles.attachment(lang, category, name, c.var.who) : undefined;
    if (path === undefined) throw new AppError('request.no-such-path', { status: 404 });
    const type = TYPES[extname(name).toLowerCase()];
    c.header('content-type', type ?? 'application/octet-stream');
    // A script inside of an SVG must not run when somebody opens it by its address.
    c.header(
      'content-disposition',
      type?.startsWith('image/') && type !== TYPES['.svg'] ? 'inline' : 'attachment',
    );
    c.header('cache-control', c.var.who.kind === 'anonymous' ? 'public, max-age=300' : 'private, no-store');
    return c.body(Readable.toWeb(createReadStream(path)) as ReadableStream);
  });
  return router;
}

/** The API of articles; mounted at `/api/v1`. */
export function articleRoutes(articles: Articles) {
  const router = newRouter();
  router.openapi(
    createRoute({
      method: 'get',
      path: '/search/files',
      tags: ['articles'],
      summary: 'Addresses of the public search index per language',
      responses: { 200: jsonResponse(manifest, 'The two tiers per language') },
    }),
    (c) => {
      const files = LANGS.flatMap((lang) => {
        const names = articles.searchFiles(lang);
        return names ? [[lang, names] as const] : [];
      });
      c.header('cache-control', 'no-cache');
      return c.json(Object.fromEntries(files) as z.output<typeof manifest>, 200);
    },
  );
  router.openapi(
    createRoute({
      method: 'post',
      path: '/articles/{category}/{slug}/votes',
      tags: ['articles'],
      summary: 'Did this article help?',
      request: {
        params: z.object({ category: z.string().max(80), slug: z.string().max(80) }),
        body: jsonBody(
          z.strictObject({
            lang: z.enum(LANGS),
            helpful: z.boolean(),
            reason: z.enum(VOTE_REASONS).optional(),
            comment: z.string().max(1_000).optional(),
          }),
        ),
      },
      responses: {
        201: jsonResponse(z.object({ id: z.string() }), 'Counted'),
        404: problemResponse('There is no such article'),
      },
    }),
    async (c) => {
      const { category, slug } = c.req.valid('param');
      const { lang, helpful, reason, comment } = c.req.valid('json');
      const vote = await articles.vote({ lang, id: `${category}/${slug}`, helpful, who: c.var.who });
      if (reason !== undefined || comment !== undefined)
        await articles.explainVote(vote.id, { reason: reason ?? null, comment: comment ?? null });
      return c.json(vote, 201);
    },
  );
  return router;
}
