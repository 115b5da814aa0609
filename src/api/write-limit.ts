import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { networkOf } from '../lib/network-of.ts';

export { networkOf };

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The outer fence against floods of writes from one address; features have finer limits of their own.
 * Help requests and heartbeats pass: the gate defers instead of refusing, and monitors must get through.
 */
const EXEMPT = /^\/(api\/v1\/(help-requests|heartbeats)|(en|fa|ar|ru)\/help)(\/|$)/;

export function writeLimit({ perMinute }: { readonly perMinute: number }): MiddlewareHandler<HttpEnv> {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (c, next) => {
    if (SAFE.has(c.req.method) || EXEMPT.test(c.req.path)) return next();
    try {
      await limiter.consume(networkOf(c.get('ip')));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfter = Math.ceil(refusal.msBeforeNext / 1_000);
      throw new AppError('request.too-many', { status: 429, params: { retryAfter } });
    }
    return next();
  };
}
