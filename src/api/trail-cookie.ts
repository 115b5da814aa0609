import type { KeyObject } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { keyFor } from '../config/key-for.ts';
import { packTrail, stepOfPath, unpackTrail, withStep } from '../help/trail.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { createSignedCookie } from '../lib/signed-cookie.ts';
import type { TrailStep } from '../lib/trail-step.ts';

interface Deps {
  readonly secret: KeyObject;
  readonly baseUrl: string;
  readonly clock?: Clock;
}

/**
 * What a person tried, kept in their own browser for its session and nowhere else. Handlers and pages push
 * steps on `c.var.trail`. Only browsers get the cookie, so that programs and the page cache pay nothing.
 */
export function trailCookie({ secret, baseUrl, clock = systemClock }: Deps): MiddlewareHandler<HttpEnv> {
  const cookie = createSignedCookie({ name: 'firstline.trail', key: keyFor(secret, 'trail'), baseUrl });
  return async (c, next) => {
    const packed = cookie.read(c.req.header('cookie'));
    const seen = packed === undefined ? [] : unpackTrail(packed);
    const pushed: TrailStep[] = [...seen];
    c.set('trail', pushed);
    await next();
    const isBrowser = packed !== undefined || c.req.header('sec-fetch-site') !== undefined;
    if (!isBrowser) return;
    const visit = isVisit(c.req.method, c.req.header('sec-fetch-dest'), c.res.status)
      ? stepOfPath(c.req.path, clock.now())
      : undefined;
    const added = visit ? [...pushed.slice(seen.length), visit] : pushed.slice(seen.length);
    const trail = added.reduce(withStep, seen);
    if (trail !== seen) c.res.headers.append('set-cookie', cookie.line(packTrail(trail)));
  };
}

/** A page that a person looks at; not one that is fetched ahead by a script. */
const isVisit = (method: string, dest: string | undefined, status: number): boolean =>
  method === 'GET' && (dest === undefined || dest === 'document') && (status === 200 || status === 304);
