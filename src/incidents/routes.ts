import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { jsonBody, jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import { requireAgent } from '../lib/who.ts';
import type { Incidents } from './incidents.ts';
import type { MeToo } from './me-too.ts';
import {
  IMPACTS,
  INCIDENT_STATUSES,
  newIncidentSchema,
  newMaintenanceSchema,
  newUpdateSchema,
} from './schema.ts';

const tags = ['incidents'];
const service = z.object({ id: z.string(), name: z.string() });
const incidentSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    impact: z.enum(IMPACTS),
    status: z.enum(INCIDENT_STATUSES),
    services: z.array(service),
    openedAt: z.int(),
    resolvedAt: z.int().nullable(),
    updatedAt: z.int(),
    joined: z.int(),
    updates: z.array(
      z.object({ id: z.string(), at: z.int(), status: z.enum(INCIDENT_STATUSES), text: z.string() }),
    ),
    url: z.string(),
  })
  .openapi('Incident');

const made = jsonResponse(z.object({ id: z.string() }), 'Done');
const params = z.object({ id: z.string().max(60) });
const refusals = {
  401: problemResponse('Not signed in'),
  403: problemResponse('Not an agent'),
  404: problemResponse('No such incident'),
  409: problemResponse('It is closed already'),
  422: problemResponse('Something is missing or malformed'),
};

/** Incidents: everyone reads and joins, agents write. */
export function incidentRoutes(incidents: Incidents, meToo: MeToo): OpenAPIHono<HttpEnv> {
  const router = newRouter();
  readingRoutes(router, incidents);
  joinRoute(router, meToo);
  writingRoutes(router, incidents);
  return router;
}

function readingRoutes(router: OpenAPIHono<HttpEnv>, incidents: Incidents): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/incidents',
    tags,
    summary: 'Incidents of the last 90 days, newest first',
    request: { query: z.object({ open: z.enum(['true', 'false']).optional() }) },
    responses: { 200: jsonResponse(z.object({ incidents: z.array(incidentSchema) }), 'Now') },
  });
  router.openapi(list, (c) => {
    const { lang } = c.var;
    const found = c.req.valid('query').open === 'true' ? incidents.open(lang) : incidents.recent(lang);
    return c.json({ incidents: found.map(copied) }, 200);
  });
  const one = createRoute({
    method: 'get',
    path: '/api/v1/incidents/{id}',
    tags,
    request: { params },
    responses: { 200: jsonResponse(incidentSchema, 'Now'), 404: refusals[404] },
  });
  router.openapi(one, async (c) => {
    const found = await incidents.byId(c.req.valid('param').id, c.var.lang);
    if (!found) throw new AppError('incidents.unknown', { status: 404 });
    return c.json(copied(found), 200);
  });
}

/** The schema's arrays are mutable ones. */
const copied = (incident: ReturnType<Incidents['open']>[number]) => ({
  ...incident,
  services: [...incident.services],
  updates: [...incident.updates],
});

function joinRoute(router: OpenAPIHono<HttpEnv>, meToo: MeToo): void {
  const join = createRoute({
    method: 'post',
    path: '/api/v1/incidents/{id}/joins',
    tags,
    summary: '"Me too": one more person who has this problem',
    request: { params },
    responses: {
      200: jsonResponse(z.object({ joined: z.int() }), 'Counted'),
      404: refusals[404],
      409: refusals[409],
    },
  });
  router.openapi(join, async (c) => {
    const { id } = c.req.valid('param');
    const answer = await meToo(id, c.var.who, c.var.ip);
    if (!answer.ok) throw new AppError(answer.code, { status: answer.status });
    return c.json({ joined: answer.joined }, 200);
  });
}

function writingRoutes(router: OpenAPIHono<HttpEnv>, incidents: Incidents): void {
  const declare = createRoute({
    method: 'post',
    path: '/api/v1/incidents',
    tags,
    summary: 'An agent declares an incident',
    request: { body: jsonBody(newIncidentSchema) },
    responses: { 201: made, ...refusals },
  });
  router.use('/api/v1/incidents', async (c, next) => {
    if (c.req.method === 'POST') requireAgent(c.var.who);
    await next();
  });
  router.openapi(declare, async (c) => {
    const id = await incidents.declare(c.req.valid('json'), requireAgent(c.var.who).login);
    return c.json({ id }, 201);
  });
  const update = createRoute({
    method: 'post',
    path: '/api/v1/incidents/{id}/updates',
    tags,
    summary: 'An agent adds to the timeline; `resolved` closes it',
    request: { params, body: jsonBody(newUpdateSchema) },
    responses: { 201: made, ...refusals },
  });
  router.use('/api/v1/incidents/:id/updates', async (c, next) => {
    requireAgent(c.var.who);
    await next();
  });
  router.openapi(update, async (c) => {
    const { id } = c.req.valid('param');
    await incidents.update(id, c.req.valid('json'), requireAgent(c.var.who).login);
    return c.json({ id }, 201);
  });
  const plan = createRoute({
    method: 'post',
    path: '/api/v1/maintenances',
    tags,
    summary: 'An agent plans maintenance: its time is recorded and not charged',
    request: { body: jsonBody(newMaintenanceSchema) },
    responses: { 201: made, ...refusals },
  });
  router.use('/api/v1/maintenances', async (c, next) => {
    requireAgent(c.var.who);
    await next();
  });
  router.openapi(plan, async (c) => {
    const id = await incidents.plan(c.req.valid('json'), requireAgent(c.var.who).login);
    return c.json({ id }, 201);
  });
  const callOff = createRoute({
    method: 'delete',
    path: '/api/v1/maintenances/{id}',
    tags,
    request: { params },
    responses: { 200: made, ...refusals },
  });
  router.openapi(callOff, async (c) => {
    const { id } = c.req.valid('param');
    await incidents.callOff(id, requireAgent(c.var.who).login);
    return c.json({ id }, 200);
  });
}
