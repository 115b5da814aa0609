import { createRoute, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import type { Db } from '../../db/db.ts';
import { jsonResponse, newRouter, problemResponse } from '../../lib/router.ts';
import { requireAdmin } from '../../lib/who.ts';
import { CSV_HEAD, csvLine } from './csv.ts';
import { type AuditFilter, type AuditRow, auditHead, listAudit, verifyAudit } from './store.ts';

const auditQuery = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  actor: z.string().max(200).optional(),
  action: z
    .string()
    .regex(/^[a-z-]+(\.[a-z-]+)?$/, 'expected an action such as tickets.claim, or its first part')
    .optional(),
  subject: z.string().max(200).optional(),
  automatic: z.enum(['true', 'false']).optional(),
});

const rowSchema = z.object({
  seq: z.int(),
  at: z.int().meta({ description: 'UTC epoch milliseconds' }),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const failures = {
  401: problemResponse('Nobody is signed in'),
  403: problemResponse('Only admins may read the audit trail'),
};

const listRoute = createRoute({
  method: 'get',
  path: '/',
  tags: ['audit'],
  summary: 'The audit trail, newest first',
  request: { query: auditQuery },
  responses: {
    200: jsonResponse(
      z.object({ rows: z.array(rowSchema), next: z.int().optional().meta({ description: 'For `before`' }) }),
      'A page of the trail',
    ),
    ...failures,
    422: problemResponse('A filter does not fit'),
  },
});

const exportRoute = createRoute({
  method: 'get',
  path: '/export',
  tags: ['audit'],
  summary: 'The whole trail, or what the filter leaves of it, as CSV or JSON lines',
  request: {
    query: auditQuery.omit({ limit: true }).extend({ format: z.enum(['csv', 'json']).default('csv') }),
  },
  responses: {
    200: {
      description: 'The trail',
      content: { 'text/csv': { schema: z.string() }, 'application/x-ndjson': { schema: z.string() } },
    },
    ...failures,
  },
});

const verifyRoute = createRoute({
  method: 'get',
  path: '/verification',
  tags: ['audit'],
  summary: 'Recomputes all seals and says whether anything was changed or removed',
  responses: {
    200: jsonResponse(
      z.object({
        ok: z.boolean(),
        checked: z.int(),
        otherKey: z.int().meta({ description: 'Rows sealed with an earlier SECRET' }),
        brokenAt: z.int().optional(),
        head: z.object({ seq: z.int(), seal: z.string() }),
      }),
      'The verdict',
    ),
    ...failures,
  },
});

/** A filter as it came with the address, for the trail. */
const auditFilter = (query: Partial<z.output<typeof auditQuery>>): AuditFilter => ({
  ...query,
  automatic: query.automatic === 'true',
});

export function auditRoutes(db: Db, key: Buffer) {
  const router = newRouter();
  router.openapi(listRoute, async (c) => {
    requireAdmin(c.var.who);
    const query = c.req.valid('query');
    const rows = await listAudit(db.kysely, auditFilter(query));
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    return c.json({ rows, ...(last ? { next: last.seq } : {}) }, 200);
  });
  router.openapi(exportRoute, (c) => {
    requireAdmin(c.var.who);
    const { format, ...query } = c.req.valid('query');
    c.header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
    c.header('content-disposition', `attachment; filename="audit.${format === 'csv' ? 'csv' : 'ndjson'}"`);
    c.header('cache-control', 'no-store');
    return stream(c, async (out) => {
      if (format === 'csv') await out.write(CSV_HEAD);
      for await (const row of pagesOf(db, auditFilter(query)))
        await out.write(format === 'csv' ? csvLine(row) : `${JSON.stringify(row)}\n`);
    });
  });
  router.openapi(verifyRoute, async (c) => {
    requireAdmin(c.var.who);
    return c.json({ ...(await verifyAudit(db, key)), head: await auditHead(db.kysely) }, 200);
  });
  return router;
}

async function* pagesOf(db: Db, filter: AuditFilter): AsyncGenerator<AuditRow> {
  let before = filter.before;
  for (;;) {
    const rows = await listAudit(db.kysely, { ...filter, before, limit: 1_000 });
    yield* rows;
    before = rows.at(-1)?.seq;
    if (before === undefined) return;
  }
}
