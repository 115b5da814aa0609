import { z } from 'zod';
import { defineKind, type Observation, sinceMs } from '../kind.ts';
import { type Reason, reason } from '../reason.ts';
import { failureOf, knownFailure } from '../wire/known-failure.ts';
import { printable } from '../wire/printable.ts';

const MOST_ANSWER_BYTES = 262_144;
const DAY_MS = 86_400_000;

const settings = {
  target: z
    .string()
    .max(253)
    .regex(
      /^([\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]*$/u,
      'expected a domain such as example.org',
    )
    .meta({ description: 'The registered domain, without www' }),
  server: z
    .url({
      protocol: /^https?$/,
      error: 'expected the address of an RDAP server, for example https://rdap.org/',
    })
    .refine((text) => !URL.parse(text)?.username, 'expected an address without a user name')
    .default('https://rdap.org/')
    .meta({ description: "RDAP server of the registry; the default finds the registry's by itself" }),
};

/** A domain is registered, and for how many days yet (RDAP, RFC 9083). What is wrong with the registry says nothing about it. */
export const domain = defineKind({
  kind: 'domain',
  summary: 'A domain is registered and does not expire soon',
  settings,
  everyMs: 6 * 3_600_000,
  values: {
    connected: 'flag',
    latency: 'duration',
    'domain.days': 'number',
    'domain.status': 'text',
    'domain.registrar': 'text',
  },
  fail: ['domain.days > 7'],
  target: ({ target }) => target,
  async check({ target, server }, { timeoutMs }) {
    const started = performance.now();
    const finish = (connected: boolean, seen: Partial<Observation>): Observation => {
      const latencyMs = sinceMs(started);
      return { ...seen, latencyMs, values: { connected, latency: latencyMs, ...seen.values } };
    };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await fetch(queryUrl(server, target), {
        signal,
        headers: { accept: 'application/rdap+json, application/json', 'user-agent': 'Firstline' },
      });
      const text = await readBounded(answer);
      if (answer.status === 404) return finish(true, { failure: reason('not-registered') });
      if (!answer.ok) return finish(true, { unknown: reason('registry-failed', String(answer.status)) });
      return finish(true, read(text));
    } catch (error) {
      return finish(false, { unknown: signal.aborted ? reason('timeout') : causeOf(error) });
    }
  },
});

/** As RFC 9082 writes it: the name in its ASCII form, below the server's path. */
function queryUrl(server: string, name: string): URL {
  const base = new URL(server);
  const { hostname } = new URL(`http://${name}`);
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/domain/${hostname}`;
  return base;
}

/** Behind fetch's own words stands what the system said. */
function causeOf(error: unknown): Reason {
  const { cause } = error as { cause?: unknown };
  if ((cause as { code?: unknown } | undefined)?.code === 'UND_ERR_SOCKET') return reason('closed-early');
  const found = failureOf(cause ?? error);
  const isHttp =
    found.detail?.startsWith('UND_ERR') || /redirect/.test(String((cause as Error | undefined)?.message));
  return isHttp ? reason('registry-failed') : found;
}

async function readBounded(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (!answer.body) return '';
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > MOST_ANSWER_BYTES) throw knownFailure('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The few members that are of interest; registries leave out and add as they like. */
const rdapDomain = z.object({
  objectClassName: z.literal('domain'),
  events: z
    .array(z.object({ eventAction: z.string(), eventDate: z.string() }))
    .max(1_000)
    .default([]),
  status: z.array(z.string()).max(100).default([]),
  entities: z
    .array(z.object({ roles: z.array(z.string()).default([]), vcardArray: z.unknown() }))
    .max(1_000)
    .catch([]),
});

function read(text: string): Partial<Observation> {
  const parsed = rdapDomain.safeParse(jsonOr(text));
  if (!parsed.success) return { unknown: reason('registry-failed') };
  const { events, status, entities } = parsed.data;
  const expiry = events.find(({ eventAction }) => eventAction === 'expiration');
  const at = Date.parse(expiry?.eventDate ?? '');
  if (Number.isNaN(at)) return { unknown: reason('no-expiry-date') };
  const registrar = entities.find(({ roles }) => roles.includes('registrar'));
  return {
    values: {
      'domain.days': Math.floor((at - Date.now()) / DAY_MS),
      'domain.status': printable(status.join(', ')),
      'domain.registrar': printable(fullName(registrar?.vcardArray)),
    },
  };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** jCard: `["vcard", [["fn", {}, "text", "Registrar Ltd"], …]]`. */
function fullName(card: unknown): string {
  const properties: unknown = Array.isArray(card) ? card[1] : undefined;
  if (!Array.isArray(properties)) return '';
  const name: unknown = properties.find((property) => Array.isArray(property) && property[0] === 'fn');
  return Array.isArray(name) && typeof name[3] === 'string' ? name[3] : '';
}
