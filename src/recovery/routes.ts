import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { translator } from '../i18n/words.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { jsonBody, jsonResponse, newRouter, problemResponse } from '../lib/router.ts';
import type { Recovery, SetResult } from './contract.ts';
import { readCookie, setCookie } from './cookie.ts';
import { askSchema, factorSchema, passwordSchema, proofSchema, reportSchema } from './schema.ts';

const tag = { tags: ['recovery'] };

const acceptedSchema = z
  .object({ status: z.literal('accepted'), message: z.string() })
  .openapi('RecoveryAccepted');

const stepSchema = z
  .object({
    step: z.enum(['ask', 'code', 'factor', 'password', 'working', 'done', 'handed-over']),
    purpose: z.enum(['reset', 'unlock']).optional(),
    login: z.string().optional(),
    name: z.string().optional(),
    expiresAt: z.int().optional(),
    minLength: z.int().optional(),
    ticket: z.string().nullable().optional(),
  })
  .openapi('RecoveryStep');

const resultSchema = z
  .object({
    outcome: z.enum(['done', 'refused', 'failed', 'unknown', 'handed-over']),
    reason: z.string().optional(),
    message: z.string(),
    triesLeft: z.int().optional(),
    ticket: z.string().nullable().optional(),
  })
  .openapi('RecoveryResult');

const STATUS = { done: 200, refused: 422, failed: 503, unknown: 202, 'handed-over': 202 } as const;

/** Mounted at `/api/v1/recovery`. Only POST changes anything: mail scanners follow links. */
export function recoveryRoutes(recovery: Recovery, minLength: number): OpenAPIHono<HttpEnv> {
  const router = newRouter();

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/',
      summary: 'Ask for a new password or an unlock; always the same answer',
      request: { body: jsonBody(askSchema) },
      responses: {
        202: jsonResponse(acceptedSchema, 'If the account exists, a message is on its way'),
        422: problemResponse('Not a request'),
        429: problemResponse('Too many from this address'),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const lang = body.lang ?? c.var.lang;
      const { cookie } = await recovery.ask({
        identifier: body.identifier,
        purpose: body.purpose,
        lang,
        ip: c.var.ip,
      });
      c.header('set-cookie', setCookie(cookie));
      c.header('cache-control', 'no-store');
      return c.json({ status: 'accepted' as const, message: translator(lang)('recovery.asked') }, 202);
    },
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/',
      summary: 'Where this browser is in the flow',
      responses: { 200: jsonResponse(stepSchema, 'The step') },
    }),
    async (c) => {
      c.header('cache-control', 'no-store');
      return c.json(await recovery.look(readCookie(c.req.header('cookie'))), 200);
    },
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/proof',
      summary: 'Prove it with the code (in the browser that asked) or the token of the link (in any)',
      request: { body: jsonBody(proofSchema) },
      responses: {
        200: jsonResponse(stepSchema, 'Proved; the next step'),
        422: problemResponse('Wrong, used, expired or replaced'),
        429: problemResponse('Too many wrong ones from this address'),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      let cookie = readCookie(c.req.header('cookie'));
      if ('code' in body) await recovery.proveByCode(cookie, body.code, c.var.ip);
      else {
        cookie = (await recovery.proveByToken(body.token, c.var.ip)).cookie;
        c.header('set-cookie', setCookie(cookie));
      }
      c.header('cache-control', 'no-store');
      return c.json(await recovery.look(cookie), 200);
    },
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/factor',
      summary: 'The second factor, for people who have one: a code of the app or a saved one',
      request: { body: jsonBody(factorSchema) },
      responses: {
        200: jsonResponse(stepSchema, 'Right; the next step'),
        401: problemResponse('Nothing was proved, or too long ago'),
        422: problemResponse('Wrong, or used before'),
        429: problemResponse('Too many wrong ones'),
      },
    }),
    async (c) => {
      const cookie = readCookie(c.req.header('cookie'));
      await recovery.proveFactor(cookie, c.req.valid('json').code, c.var.ip);
      c.header('cache-control', 'no-store');
      return c.json(await recovery.look(cookie), 200);
    },
  );

  const answers = {
    200: jsonResponse(resultSchema, 'Done, and proved by signing in to the directory'),
    202: jsonResponse(resultSchema, 'Not known yet, or handed over to people'),
    401: problemResponse('Nothing was proved, or too long ago'),
    409: problemResponse('It is being done just now'),
    422: jsonResponse(resultSchema, 'Refused; the proof is kept'),
    503: jsonResponse(resultSchema, 'The directory did not take it; nothing has changed'),
  };

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/password',
      summary: 'Set the new password',
      request: { body: jsonBody(passwordSchema) },
      responses: answers,
    }),
    async (c) => {
      const cookie = readCookie(c.req.header('cookie'));
      const result = await recovery.setPassword(cookie, c.req.valid('json').password);
      c.header('cache-control', 'no-store');
      return c.json(spoken(result, c.var.lang), STATUS[result.outcome]);
    },
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/unlock',
      summary: 'Unlock the account',
      responses: answers,
    }),
    async (c) => {
      const result = await recovery.unlock(readCookie(c.req.header('cookie')));
      c.header('cache-control', 'no-store');
      return c.json(spoken(result, c.var.lang), STATUS[result.outcome]);
    },
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/not-me',
      summary: 'This was not me: freezes self-service for the account and tells an agent',
      request: { body: jsonBody(reportSchema) },
      responses: {
        202: jsonResponse(z.object({ status: z.literal('reported') }), 'Frozen for a day'),
        422: problemResponse('Not a link of ours, or too old'),
      },
    }),
    async (c) => {
      await recovery.report(c.req.valid('json').token, c.var.ip);
      return c.json({ status: 'reported' as const }, 202);
    },
  );

  router.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/stuck',
      summary: 'I am still stuck: opens a ticket, once per request',
      responses: {
        202: jsonResponse(z.object({ status: z.literal('accepted') }), 'The same for everybody'),
        429: problemResponse('Too many from this address'),
      },
    }),
    async (c) => {
      await recovery.stuck(readCookie(c.req.header('cookie')), c.var.ip);
      return c.json({ status: 'accepted' as const }, 202);
    },
  );

  function spoken(result: SetResult, lang: HttpEnv['Variables']['lang']) {
    const t = translator(lang);
    const message =
      result.outcome === 'refused'
        ? t(`recovery.refused.${result.reason}`, { min: minLength })
        : t(`recovery.result.${result.outcome}`);
    return { ...result, message };
  }

  return router;
}
