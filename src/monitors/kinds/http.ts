import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestPlain,
} from 'node:http';
import { request as requestTls } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import type { Value } from '../condition.ts';
import { type CheckContext, defineKind, type Observation, sinceMs } from '../kind.ts';
import { type Reason, reason, reasonOf } from '../reason.ts';
import { jsonAt } from './json-at.ts';
import { certificateValues } from './tls.ts';

const httpUrl = z
  .string()
  .max(2_000)
  .refine((text) => {
    if (text.startsWith('portal:/')) return true;
    const url = URL.parse(text);
    return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username;
  }, 'expected http://…, https://… or portal:/path, without a user name (use auth)');

const headerText = z
  .string()
  .max(2_000)
  .refine((text) => !/[\r\n\0]/.test(text), 'a header may not contain line breaks');

const settings = {
  target: httpUrl.meta({ description: 'Address; `portal:/path` is this portal itself' }),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS']).default('GET'),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/, 'expected a header name'), headerText).default({}),
  body: z.string().max(100_000).optional(),
  auth: z
    .union([
      z.strictObject({ user: headerText, password: headerText }),
      z.strictObject({ bearer: headerText }),
    ])
    .optional()
    .meta({ description: 'Basic (user, password) or bearer; secrets as ${env:NAME} or ${file:…}' }),
  redirects: z.int().min(0).max(10).default(5).meta({ description: 'How many are followed; 0: none' }),
  family: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .meta({ description: 'Only IPv4 or only IPv6' }),
  verifyTls: z.boolean().default(true).meta({ description: 'false accepts any certificate' }),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

export const http = defineKind({
  kind: 'http',
  summary: 'A web address answers: status, headers, body, JSON, certificate',
  settings,
  values: {
    connected: 'flag',
    status: 'number',
    latency: 'duration',
    body: 'text',
    'body.*': 'any',
    'header.*': 'text',
    'tls.valid': 'flag',
    'cert.days': 'number',
  },
  fail: ['status < 400'],
  target: ({ target }) => withoutQuery(target),
  check: (given, context) => new Promise((resolve) => startCheck(given, context, resolve)),
});

/** Queries may hold keys. */
const withoutQuery = (target: string): string => target.replace(/[?#].*$/, '');

/** Enough to look into an answer; what is longer is cut and the connection closed. */
const MOST_BODY_BYTES = 512 * 1_024;

interface Prepared {
  readonly options: RequestOptions;
  readonly tls: boolean;
  readonly href: string;
}

// A target is taken apart once and not at each check.
const prepared = new WeakMap<Settings, Prepared>();

function prepare(settings: Settings, context: CheckContext): Prepared {
  const known = prepared.get(settings);
  if (known) return known;
  const own = settings.target.startsWith('portal:/');
  const at = own ? context.portal.address() : undefined;
  const host = at?.host.includes(':') ? `[${at.host}]` : at?.host;
  const href = at ? `http://${host}:${at.port}${settings.target.slice('portal:'.length)}` : settings.target;
  const headers: Record<string, string> = { 'user-agent': 'Firstline', accept: '*/*', connection: 'close' };
  if (at) headers.host = at.name;
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
  if (settings.auth) headers.authorization = authorization(settings.auth);
  if (settings.body !== undefined) headers['content-length'] = String(Buffer.byteLength(settings.body));
  const made = optionsFor(new URL(href), settings, headers);
  prepared.set(settings, made);
  return made;
}

const authorization = (auth: NonNullable<Settings['auth']>): string =>
  'bearer' in auth
    ? `Bearer ${auth.bearer}`
    : `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;

function optionsFor(url: URL, settings: Settings, headers: Record<string, string>): Prepared {
  const tls = url.protocol === 'https:';
  const options = {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (tls ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    method: settings.method,
    headers,
    // A connection of its own for every check: an old one would not notice a server that is gone.
    agent: false,
    maxHeaderSize: 32_768,
    ...(settings.family ? { family: settings.family } : {}),
    ...(tls ? { rejectUnauthorized: settings.verifyTls } : {}),
  };
  return { options, tls, href: url.href };
}

function startCheck(settings: Settings, context: CheckContext, resolve: (seen: Observation) => void): void {
  const started = performance.now();
  let current: ClientRequest | undefined;
  let done = false;
  const end = (observation: Observation) => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    resolve(observation);
    current?.destroy();
  };
  const fail = (failure: Reason) => {
    const latencyMs = sinceMs(started);
    end({ latencyMs, failure, values: { connected: false, latency: latencyMs } });
  };
  // One deadline for name, connection, redirects and body together.
  const timer = setTimeout(() => fail(reason('timeout')), context.timeoutMs);

  function send(target: Prepared, hops: number): void {
    let sent: ClientRequest;
    try {
      sent = (target.tls ? requestTls : requestPlain)(target.options, (res) => onAnswer(res, target, hops));
    } catch (error) {
      fail(reasonOf(error));
      return;
    }
    current = sent;
    sent.on('error', (error) => {
      if (current === sent) fail(reasonOf(error));
    });
    if (settings.body === undefined) sent.end();
    else sent.end(settings.body);
  }

  function onAnswer(res: IncomingMessage, target: Prepared, hops: number): void {
    const { location } = res.headers;
    if (location !== undefined && settings.redirects > 0 && isRedirect(res.statusCode))
      follow(location, target, hops);
    else readAnswer(res, context.wants, { end, fail, started });
  }

  function follow(location: string, target: Prepared, hops: number): void {
    const url = URL.parse(location, target.href);
    if (hops >= settings.redirects) fail(reason('too-many-redirects', String(hops)));
    else if (!url || !/^https?:$/.test(url.protocol)) fail(reason('bad-redirect'));
    else {
      const old = current;
      current = undefined;
      old?.destroy();
      send(followed(url, target, settings), hops + 1);
    }
  }

  send(prepare(settings, context), 0);
}

const isRedirect = (status = 0): boolean => status >= 301 && status <= 308 && status !== 304;

/** Credentials stay with the host that they were meant for. */
function followed(url: URL, from: Prepared, settings: Settings): Prepared {
  const { host: _host, ...rest } = from.options.headers as Record<string, string>;
  const { authorization: _secret, cookie: _cookie, ...harmless } = rest;
  return optionsFor(url, settings, url.origin === new URL(from.href).origin ? rest : harmless);
}

interface Ends {
  readonly started: number;
  end(observation: Observation): void;
  fail(reason: Reason): void;
}

function readAnswer(res: IncomingMessage, wants: ReadonlySet<string>, { end, fail, started }: Ends): void {
  const keep = wants.has('body');
  let bytes = 0;
  const chunks: Buffer[] = [];
  const certificate = wants.has('tls') || wants.has('cert') ? certificateOf(res) : undefined;
  const finish = () => {
    const body = keep ? Buffer.concat(chunks).toString('utf8') : '';
    end(observe(res, { started, body, certificate }));
  };
  res.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (keep) chunks.push(chunk);
    // An endless or huge answer: we have seen enough, and a condition on the body sees what fits.
    if (bytes > MOST_BODY_BYTES) finish();
  });
  res.on('end', finish);
  res.on('error', (error) => fail(reasonOf(error)));
}

function certificateOf(res: IncomingMessage): Record<string, Value> {
  if (!('getPeerCertificate' in res.socket)) return {};
  const socket = res.socket as TLSSocket;
  return { 'tls.valid': socket.authorized, ...certificateValues(socket.getPeerCertificate()) };
}

interface Seen {
  readonly started: number;
  readonly body: string;
  readonly certificate: Record<string, Value> | undefined;
}

function observe(res: IncomingMessage, { started, body, certificate }: Seen): Observation {
  const latencyMs = sinceMs(started);
  const values = {
    connected: true,
    status: res.statusCode ?? 0,
    latency: latencyMs,
    body,
    ...certificate,
  };
  return {
    latencyMs,
    values,
    lookup(name) {
      if (name.startsWith('header.'))
        return headerValue(res.headers[name.slice('header.'.length).toLowerCase()]);
      return name.startsWith('body.') ? jsonAt(body, name.slice('body.'.length)) : undefined;
    },
  };
}

const headerValue = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;
