import type { OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { networkOf } from '../lib/network-of.ts';
import { newRouter } from '../lib/router.ts';
import type { Monitors } from './monitors.ts';

const MOST = 1_000;
const MOST_OF_ONE_NETWORK = 50;
const COMMENT_MS = 20_000;
/** Streams end after a while and are opened anew, so that a process can be drained. */
const LONGEST_MS = 30 * 60_000;
/** Several changes in a moment are one event. */
const GATHER_MS = 300;

/**
 * `GET /api/v1/events`: says that the status has changed, never how; who wants to know reads it. So there is
 * nothing to keep for a slow reader, and nothing in it that somebody may not see.
 */
export function eventRoutes(monitors: Monitors): OpenAPIHono<HttpEnv> {
  const router = newRouter();
  const open = new Map<string, number>();
  let all = 0;

  router.get('/api/v1/events', (c) => {
    const network = networkOf(c.var.ip);
    const mine = open.get(network) ?? 0;
    if (all >= MOST || mine >= MOST_OF_ONE_NETWORK)
      throw new AppError('request.too-many', { status: 429, params: { retryAfter: 60 } });
    open.set(network, mine + 1);
    all++;
    const close = () => {
      all--;
      const left = (open.get(network) ?? 1) - 1;
      if (left > 0) open.set(network, left);
      else open.delete(network);
    };
    c.header('cache-control', 'no-store');
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, async (stream) => {
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const tell = () =>
        stream.writeSSE({ event: 'status', data: JSON.stringify({ version: monitors.status.version() }) });
      let gathering: NodeJS.Timeout | undefined;
      const stop = monitors.onChange(() => {
        gathering ??= setTimeout(() => {
          gathering = undefined;
          void tell();
        }, GATHER_MS);
      });
      const comments = setInterval(() => void stream.write(': still here\n\n'), COMMENT_MS);
      const longest = setTimeout(end, LONGEST_MS);
      stream.onAbort(end);
      try {
        await stream.write('retry: 5000\n\n');
        await tell();
        await ended;
      } finally {
        stop();
        clearInterval(comments);
        clearTimeout(longest);
        clearTimeout(gathering);
        close();
      }
    });
  });
  return router;
}
