import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from '../lib/http-env.ts';
import { jsonBody, jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import {
  claimSchema,
  escalationSchema,
  noteSchema,
  prioritisingSchema,
  reopeningSchema,
  replySchema,
  resolutionSchema,
  ticketQuerySchema,
} from './commands.ts';
import type { Desk } from './desk.ts';
import { ticketNumberParam } from './ticket-number.ts';
import { ticketLineSchema, ticketSchema } from './view.ts';

const tags = ['tickets'];
const params = z.object({ number: ticketNumberParam });
const headers = z.object({
  'idempotency-key': z.string().max(200).optional().meta({
    description: 'The same key twice is one action',
  }),
});
const refusals = {
  401: problemResponse('Not signed in'),
  403: problemResponse('Not an agent'),
  404: problemResponse('No such ticket'),
  409: problemResponse('The ticket is not in a state for this; `params.name` says who was first'),
  422: problemResponse('Something is missing or malformed'),
};
const ticket = { 200: jsonResponse(ticketSchema, 'The ticket as it stands now'), ...refusals };

/** Reading and working on tickets; agents only. */
export function ticketRoutes(desk: Desk): OpenAPIHono<HttpEnv> {
  const router = newRouter();
  // Before the body is looked at: what is wrong with it is nobody's business but an agent's.
  const agentsOnly: MiddlewareHandler<HttpEnv> = async (c, next) => {
    await desk.admit(c.var.who, c.req.param('number'));
    c.header('cache-control', 'no-store');
    await next();
  };
  router.use('/api/v1/tickets', agentsOnly);
  router.use('/api/v1/tickets/:number', agentsOnly);
  router.use('/api/v1/tickets/:number/*', agentsOnly);
  readingRoutes(router, desk);
  ownershipRoutes(router, desk);
  conversationRoutes(router, desk);
  return router;
}

function readingRoutes(router: OpenAPIHono<HttpEnv>, desk: Desk): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/tickets',
    tags,
    request: { query: ticketQuerySchema },
    responses: {
      200: jsonResponse(
        z.object({ tickets: z.array(ticketLineSchema), total: z.int() }),
        'One page of a queue, what falls due first is first',
      ),
      ...refusals,
    },
  });
  router.openapi(list, async (c) => {
    const { tickets, total } = await desk.list(c.var.who, c.req.valid('query'));
    return c.json({ tickets: [...tickets], total }, 200);
  });
  const get = createRoute({
    method: 'get',
    path: '/api/v1/tickets/{number}',
    tags,
    request: { params },
    responses: ticket,
  });
  router.openapi(get, async (c) => c.json(await desk.get(c.var.who, c.req.valid('param').number), 200));
}

function ownershipRoutes(router: OpenAPIHono<HttpEnv>, desk: Desk): void {
  const claim = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/claim',
    tags,
    description: 'Takes the ticket if it is still held by `from` (nobody, unless said)',
    request: { params, body: { ...jsonBody(claimSchema), required: false } },
    responses: ticket,
  });
  router.openapi(claim, async (c) =>
    c.json(await desk.claim(c.var.who, c.req.valid('param').number, c.req.valid('json') ?? {}), 200),
  );
  const release = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/release',
    tags,
    request: { params },
    responses: ticket,
  });
  router.openapi(release, async (c) =>
    c.json(await desk.release(c.var.who, c.req.valid('param').number), 200),
  );
  const escalate = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/escalate',
    tags,
    description: 'To another tier with hand-over notes; without them it is refused with what is missing',
    request: { params, headers, body: jsonBody(escalationSchema) },
    responses: ticket,
  });
  router.openapi(escalate, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return c.json(await desk.escalate(c.var.who, c.req.valid('param').number, c.req.valid('json'), key), 200);
  });
  const prioritise = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/priority',
    tags,
    request: { params, body: jsonBody(prioritisingSchema) },
    responses: ticket,
  });
  router.openapi(prioritise, async (c) =>
    c.json(await desk.prioritise(c.var.who, c.req.valid('param').number, c.req.valid('json')), 200),
  );
}

function conversationRoutes(router: OpenAPIHono<HttpEnv>, desk: Desk): void {
  const reply = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/replies',
    tags,
    description: 'A public answer. With `seen`, an answer by somebody else after it asks for `confirm`',
    request: { params, headers, body: jsonBody(replySchema) },
    responses: ticket,
  });
  router.openapi(reply, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return c.json(await desk.reply(c.var.who, c.req.valid('param').number, c.req.valid('json'), key), 200);
  });
  const note = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/notes',
    tags,
    description: 'For agents only; the requester never sees it',
    request: { params, headers, body: jsonBody(noteSchema) },
    responses: ticket,
  });
  router.openapi(note, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return c.json(
      await desk.note(c.var.who, c.req.valid('param').number, c.req.valid('json').text, key),
      200,
    );
  });
  const resolve = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/resolve',
    tags,
    description: 'Needs a cause code and either an article or the reason why nobody will need one',
    request: { params, headers, body: jsonBody(resolutionSchema) },
    responses: ticket,
  });
  router.openapi(resolve, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return c.json(await desk.resolve(c.var.who, c.req.valid('param').number, c.req.valid('json'), key), 200);
  });
  const reopen = createRoute({
    method: 'post',
    path: '/api/v1/tickets/{number}/reopen',
    tags,
    description: 'Within 7 days of its end',
    request: { params, headers, body: jsonBody(reopeningSchema) },
    responses: ticket,
  });
  router.openapi(reopen, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return c.json(
      await desk.reopen(c.var.who, c.req.valid('param').number, c.req.valid('json').text, key),
      200,
    );
  });
}
