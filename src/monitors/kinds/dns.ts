import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { defineKind, type Observation, sinceMs } from '../kind.ts';
import { reason, reasonOf } from '../reason.ts';

const settings = {
  /** The name to ask for. */
  target: z.string().min(1).max(253),
  type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'PTR', 'SRV']).default('A'),
  server: z
    .string()
    .refine((text) => isIP(text.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1')) > 0, {
      error: 'expected the address of a name server, for example 192.0.2.53 or 192.0.2.53:5353',
    })
    .optional()
    .meta({ description: 'Ask this name server; without it the way of the operating system (A and AAAA)' }),
};

export const dns = defineKind({
  kind: 'dns',
  summary: 'A name resolves, on a given name server or as this machine does it',
  settings,
  values: { connected: 'flag', latency: 'duration', answers: 'text', count: 'number' },
  fail: ['connected'],
  mistakes: ({ server, type }) =>
    !server && type !== 'A' && type !== 'AAAA'
      ? [{ key: 'server', message: `a name server is needed to ask for ${type}` }]
      : [],
  target: ({ target, server }) => (server ? `${target} @${server}` : target),
  async check({ target, type, server }, { timeoutMs }) {
    const started = performance.now();
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      resolver.cancel();
      reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    try {
      const answers = await Promise.race([ask(resolver, target, type, server), late]);
      return observed(started, answers);
    } catch (error) {
      const latencyMs = sinceMs(started);
      const { code } = error as { code?: string };
      const failure = code === 'ETIMEOUT' || code === 'ECANCELLED' ? reason('timeout') : reasonOf(error);
      return { latencyMs, failure, values: { connected: false, latency: latencyMs, count: 0, answers: '' } };
    } finally {
      clearTimeout(timer);
    }
  },
});

async function ask(resolver: Resolver, name: string, type: string, server?: string): Promise<string[]> {
  if (!server) {
    const found = await lookup(name, { family: type === 'AAAA' ? 6 : 4, all: true });
    return found.map(({ address }) => address);
  }
  resolver.setServers([server]);
  const records: unknown = await resolver.resolve(name, type);
  if (!Array.isArray(records)) return [JSON.stringify(records)];
  return records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
}

function observed(started: number, answers: readonly string[]): Observation {
  const latencyMs = sinceMs(started);
  const sorted = [...answers].sort().slice(0, 50).join(' ');
  const values = {
    connected: answers.length > 0,
    latency: latencyMs,
    count: answers.length,
    answers: sorted,
  };
  return answers.length > 0
    ? { latencyMs, values }
    : { latencyMs, values, failure: reason('name-not-found') };
}
