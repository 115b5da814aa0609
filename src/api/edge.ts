import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { chooseLang } from '../i18n/choose-lang.ts';
import { AppError } from '../lib/app-error.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { newId } from '../lib/id.ts';
import { ANONYMOUS, type Who } from '../lib/who.ts';
import { clientIp } from './client-ip.ts';
import type { Metrics } from './metrics.ts';
import { isForged, isKnownHost } from './origin-check.ts';
import { problemJson } from './problem-json.ts';
import { securityHeaders } from './security-headers.ts';

interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Finds out who has this session; only asked when there is a cookie. */
  readonly whoIs: (headers: Headers) => Promise<Who>;
}

const PROBES = new Set(['/healthz', '/readyz', '/metrics']);
/** Prefix of the session cookie's name, with or without `__Host-` / `__Secure-`. */
const SESSION_COOKIE = /(?:^|;\s*)(?:__Host-|__Secure-)?firstline\.session/;

/** Everything that holds for every request, in one middleware, since each one costs on the hot path. */
export function edge({ config, log, metrics, whoIs }: Deps): MiddlewareHandler<HttpEnv> {
  const headers = Object.entries(securityHeaders(config.baseUrl.startsWith('https:')));
  return async (c, next) => {
    const started = performance.now();
    c.set('requestId', newId());
    const incoming = (c.env as HttpBindings | undefined)?.incoming;
    c.set(
      'ip',
      clientIp(incoming?.socket.remoteAddress, c.req.header('x-forwarded-for'), config.env.TRUSTED_PROXIES),
    );
    c.set('who', ANONYMOUS);
    const cookies = c.req.header('cookie');
    c.set(
      'lang',
      chooseLang(
        {
          path: c.req.path,
          query: c.req.query('lang'),
          cookie: cookies && getCookie(c, 'lang'),
          acceptLanguage: c.req.header('accept-language'),
        },
        config.org.organisation.languages,
        config.org.organisation.defaultLanguage,
      ),
    );
    const refused = refusal(c, config);
    if (refused) c.res = problemJson(c, refused);
    else {
      if (cookies && SESSION_COOKIE.test(cookies)) c.set('who', await whoIs(c.req.raw.headers));
      await next();
    }
    for (const [name, value] of headers) c.res.headers.set(name, value);
    c.res.headers.set('x-request-id', c.get('requestId'));
    const ms = performance.now() - started;
    metrics.request(c.req.method, c.res.status, ms);
    // The path only: queries can hold what people typed. Health probes would drown the rest.
    if (!PROBES.has(c.req.path)) {
      log.info(
        {
          method: c.req.method,
          path: c.req.path,
          status: c.res.status,
          ms: Math.round(ms),
          requestId: c.get('requestId'),
        },
        'request',
      );
    }
  };
}

function refusal(c: Context<HttpEnv>, config: Config): AppError | undefined {
  const host = c.req.header('host') ?? '';
  if (!PROBES.has(c.req.path) && !isKnownHost(host, config.baseUrl, config.sample)) {
    return new AppError('request.unknown-host', { status: 421 });
  }
  const asked = {
    method: c.req.method,
    origin: c.req.header('origin'),
    secFetchSite: c.req.header('sec-fetch-site'),
    host,
  };
  return isForged(asked, config.baseUrl) ? new AppError('request.forged', { status: 403 }) : undefined;
}
