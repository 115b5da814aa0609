import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import { isAgent } from '../lib/who.ts';
import { HEALTHS, OVERLAYS } from './monitor-state.ts';
import type { MonitorView } from './monitor-view.ts';
import type { Monitors } from './monitors.ts';
import { SERVICE_STATES } from './service-state.ts';

const share = z.number().min(0).max(1).nullable();
const uptime = z.object({ day: share, week: share, month: share, quarter: share });

const serviceSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    group: z.object({ id: z.string(), name: z.string() }),
    state: z.enum(SERVICE_STATES),
    since: z.int().nullable(),
    because: z.object({ id: z.string(), name: z.string() }).nullable(),
    measured: z.boolean(),
    uptime,
    incidents: z.array(z.object({ id: z.string(), title: z.string(), url: z.string() })),
  })
  .openapi('Service');

const monitorSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    service: z.string(),
    kind: z.string(),
    everyMs: z.int(),
    health: z.enum(HEALTHS),
    overlay: z.enum(OVERLAYS).nullable(),
    since: z.int(),
    last: z
      .object({
        at: z.int(),
        outcome: z.enum(['ok', 'warn', 'fail', 'unknown']),
        latencyMs: z.number(),
        reason: z.string().nullable().optional(),
      })
      .nullable(),
    uptimeDay: share,
    target: z.string().optional().meta({ description: 'For agents only, as are all below' }),
    expect: z.object({ fail: z.array(z.string()), warn: z.array(z.string()) }).optional(),
    dependsOn: z.array(z.string()).optional(),
    reason: z.string().nullable().optional(),
  })
  .openapi('Monitor');

const detailSchema = monitorSchema
  .extend({
    uptime,
    latency: z.array(z.object({ at: z.int(), p50: z.number(), p95: z.number() })),
    transitions: z.array(
      z.object({
        at: z.int(),
        health: z.enum(HEALTHS),
        overlay: z.enum(OVERLAYS).nullable(),
        reason: z.string().nullable().optional(),
      }),
    ),
  })
  .openapi('MonitorDetail');

/** Where things are and why they fail is for those who mend them. */
function forEveryone<V extends MonitorView>({ target, expect, dependsOn, reason, last, ...rest }: V) {
  return { ...rest, last: last && { at: last.at, outcome: last.outcome, latencyMs: last.latencyMs } };
}

const beatSchema = z.strictObject({
  status: z.enum(['ok', 'fail']).default('ok'),
  message: z.string().max(200).optional(),
});

const tags = ['monitors'];

/** Services and monitors as they are now; reports of jobs. */
export function monitorRoutes(monitors: Monitors): OpenAPIHono<HttpEnv> {
  const router = newRouter();
  readingRoutes(router, monitors);
  heartbeatRoute(router, monitors);
  return router;
}

function readingRoutes(router: OpenAPIHono<HttpEnv>, monitors: Monitors): void {
  const { status } = monitors;
  const isHidden = (service: string, everything: boolean) =>
    !everything && status.service(service, 'en') === undefined;
  const services = createRoute({
    method: 'get',
    path: '/api/v1/services',
    tags,
    summary: 'All public services with their state and uptime',
    responses: {
      200: jsonResponse(z.object({ services: z.array(serviceSchema), asOf: z.int() }), 'Now'),
    },
  });
  router.openapi(services, (c) => {
    const all = status.services(c.var.lang).map(({ uptime: known, incidents, ...service }) => ({
      id: service.id,
      name: service.name,
      group: service.group,
      state: service.state,
      since: service.since,
      because: service.because,
      measured: service.measured,
      uptime: {
        day: known.day ?? null,
        week: known.week ?? null,
        month: known.month ?? null,
        quarter: known.quarter ?? null,
      },
      incidents: incidents.map(({ id, title, url }) => ({ id, title, url })),
    }));
    return c.json({ services: all, asOf: status.asOf() }, 200);
  });

  const list = createRoute({
    method: 'get',
    path: '/api/v1/monitors',
    tags,
    summary: 'All monitors; agents see targets, conditions and reasons too',
    responses: { 200: jsonResponse(z.object({ monitors: z.array(monitorSchema) }), 'Now') },
  });
  router.openapi(list, (c) => {
    const everything = isAgent(c.var.who);
    const shown = new Map<string, boolean>();
    const all = monitors.list(c.var.lang).filter(({ service }) => {
      if (!shown.has(service)) shown.set(service, !isHidden(service, everything));
      return shown.get(service);
    });
    return c.json({ monitors: everything ? all.map(copied) : all.map(forEveryone) }, 200);
  });

  const one = createRoute({
    method: 'get',
    path: '/api/v1/monitors/{id}',
    tags,
    summary: 'One monitor with latency by hour and its last transitions',
    request: { params: z.object({ id: z.string().max(60) }) },
    responses: { 200: jsonResponse(detailSchema, 'Now'), 404: problemResponse('No such monitor') },
  });
  router.openapi(one, async (c) => {
    const everything = isAgent(c.var.who);
    const found = await monitors.detail(c.req.valid('param').id, c.var.lang);
    if (!found || isHidden(found.service, everything))
      throw new AppError('monitors.unknown', { status: 404 });
    if (everything)
      return c.json(
        { ...copied(found), latency: [...found.latency], transitions: [...found.transitions] },
        200,
      );
    const transitions = found.transitions.map(({ at, health, overlay }) => ({ at, health, overlay }));
    return c.json({ ...forEveryone(found), latency: [...found.latency], transitions }, 200);
  });
}

/** The schema's arrays are mutable ones. */
const copied = <V extends MonitorView>({ expect, dependsOn, ...rest }: V) => ({
  ...rest,
  expect: { fail: [...expect.fail], warn: [...expect.warn] },
  dependsOn: [...dependsOn],
});

function heartbeatRoute(router: OpenAPIHono<HttpEnv>, monitors: Monitors): void {
  const beat = createRoute({
    method: 'post',
    path: '/api/v1/heartbeats/{token}',
    tags,
    summary: 'A job reports that it is alive, or that it has failed',
    request: {
      params: z.object({ token: z.string().min(16).max(200) }),
      body: { required: false, content: { 'application/json': { schema: beatSchema } } },
    },
    responses: {
      200: jsonResponse(z.object({ status: z.literal('ok') }), 'Noted'),
      404: problemResponse('No monitor has this token'),
    },
  });
  router.openapi(beat, async (c) => {
    // Without a body the hook hands on an empty object.
    const { status = 'ok', message } = c.req.valid('json') as Partial<z.output<typeof beatSchema>>;
    await monitors.heartbeat(c.req.valid('param').token, { ok: status === 'ok', message });
    return c.json({ status: 'ok' as const }, 200);
  });
}
