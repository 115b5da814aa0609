import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { translator } from '../i18n/words.ts';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { InvalidInput } from '../lib/router.ts';

const UNREAD = new Set([403, 411, 413, 421]);

/** The one place where an error becomes an answer: clear to the user, silent about the inside. */
export function answerError(log: Logger) {
  return (error: Error, c: Context<HttpEnv>): Response => {
    const known = asAppError(error);
    if (!known)
      log.error({ err: error, requestId: c.get('requestId'), path: c.req.path }, 'http: unexpected error');
    return problemJson(c, known ?? new AppError('unexpected', { status: 500 }));
  };
}

function asAppError(error: Error): AppError | undefined {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) {
    const code = { 400: 'request.malformed', 413: 'request.too-large', 415: 'request.wrong-type' }[
      error.status as number
    ];
    return new AppError(code ?? 'request.refused', { status: error.status });
  }
  return undefined;
}

export function problemJson(c: Context<HttpEnv>, error: AppError): Response {
  const t = translator(c.get('lang') ?? 'en');
  const body = {
    type: 'about:blank',
    title: t(`error.${error.code}`, error.params),
    status: error.status,
    code: error.code,
    requestId: c.get('requestId'),
    ...(error instanceof InvalidInput ? { errors: error.errors } : {}),
    ...(Object.keys(error.params).length > 0 ? { params: error.params } : {}),
  };
  const retry = error.params.retryAfter;
  if (typeof retry === 'number') c.header('retry-after', String(retry));
  // A refused body is not read; the connection it would still come on cannot be used again.
  if (UNREAD.has(error.status)) c.header('connection', 'close');
  c.header('cache-control', 'no-store');
  return c.body(JSON.stringify(body), error.status as 400, { 'content-type': 'application/problem+json' });
}
