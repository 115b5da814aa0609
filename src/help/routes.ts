import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../lib/clock.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { LANGS } from '../lib/lang.ts';
import { networkOf } from '../lib/network-of.ts';
import { jsonBody, jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import type { Help, HelpVisitor } from './help.ts';
import { answerSchema, helpRequestSchema, helpResultSchema } from './schema.ts';

const tags = ['help'];
const STEPS_PER_MINUTE = 60;

const headers = z.object({
  'idempotency-key': z.string().min(1).max(200).optional().meta({
    description: 'The same key with the same request is one request, however often it is sent',
  }),
});

/** What a script may tell; everything else is seen by the portal itself. */
const clientStepSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('search'),
    q: z.string().trim().min(1).max(200),
    lang: z.enum(LANGS),
    hits: z.int().min(0).max(100_000),
  }),
  z.strictObject({ kind: z.literal('vote'), id: z.string().max(200), helpful: z.boolean() }),
]);

function visitorOf(c: Context<HttpEnv>): HelpVisitor {
  return { who: c.var.who, ip: c.var.ip, cookies: c.req.header('cookie'), trail: c.var.trail };
}

function addCookies(c: Context<HttpEnv>, lines: readonly string[]): void {
  for (const line of lines) c.header('set-cookie', line, { append: true });
}

/** Asking for help, answering what is suggested, and the trail. Open to everybody. */
export function helpRoutes(help: Help, clock: Clock): OpenAPIHono<HttpEnv> {
  const router = newRouter();
  const submit = createRoute({
    method: 'post',
    path: '/api/v1/help-requests',
    tags,
    description: 'Stored before anything else; ends as solved, joined, open or deferred, never refused',
    request: { headers, body: jsonBody(helpRequestSchema) },
    responses: {
      201: jsonResponse(helpResultSchema, 'What the gate made of it'),
      409: problemResponse('This key was used for another request'),
      422: problemResponse('Something is missing or malformed'),
    },
  });
  router.openapi(submit, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    const { result, setCookies } = await help.submit(visitorOf(c), c.req.valid('json'), key);
    addCookies(c, setCookies);
    return c.json(result, 201);
  });

  const answer = createRoute({
    method: 'post',
    path: '/api/v1/help-requests/{id}/answers',
    tags,
    description: 'What came of a suggestion. "Still stuck" twice opens a ticket in any case',
    request: { params: z.object({ id: z.uuid() }), body: jsonBody(answerSchema) },
    responses: {
      200: jsonResponse(helpResultSchema, 'What the gate makes of it now'),
      404: problemResponse('No such request'),
      422: problemResponse('Something is missing or malformed'),
    },
  });
  router.openapi(answer, async (c) => {
    const { result, setCookies } = await help.answer(
      visitorOf(c),
      c.req.valid('param').id,
      c.req.valid('json'),
    );
    addCookies(c, setCookies);
    return c.json(result, 200);
  });

  trailRoute(router, clock);
  return router;
}

function trailRoute(router: OpenAPIHono<HttpEnv>, clock: Clock): void {
  const limiter = new RateLimiterMemory({ points: STEPS_PER_MINUTE, duration: 60 });
  const step = createRoute({
    method: 'post',
    path: '/api/v1/trail',
    tags,
    description: "Adds a step to what this browser's session remembers; nothing is kept here",
    request: { body: jsonBody(clientStepSchema) },
    responses: {
      204: { description: 'Noted' },
      422: problemResponse('Not a step'),
      429: problemResponse('Too many steps'),
    },
  });
  router.openapi(step, async (c) => {
    try {
      await limiter.consume(networkOf(c.var.ip));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfter = Math.ceil(refusal.msBeforeNext / 1_000);
      throw new AppError('request.too-many', { status: 429, params: { retryAfter } });
    }
    c.var.trail.push({ ...c.req.valid('json'), at: clock.now() });
    return c.body(null, 204);
  });
}
