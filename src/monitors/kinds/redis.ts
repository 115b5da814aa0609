import { z } from 'zod';
import type { Value } from '../condition.ts';
import { defineKind } from '../kind.ts';
import { address, addressOf } from '../wire/address.ts';
import { converse, type Heard, type Wire } from '../wire/converse.ts';
import { knownFailure } from '../wire/known-failure.ts';
import { withoutSecrets } from '../wire/printable.ts';
import { clearPassword, login, verifyTls, WIRE_VALUES } from '../wire/settings.ts';

const PORTS = { redis: 6379, rediss: 6379 };

/** Redis, Valkey and what else speaks RESP: PONG, and single figures of INFO for conditions. */
export const redis = defineKind({
  kind: 'redis',
  summary: 'Redis or Valkey answers PING; conditions may ask for figures of INFO',
  settings: {
    target: address(PORTS, 'rediss://cache.example.org:6380'),
    verifyTls,
    auth: login
      .extend({ user: login.shape.user.optional() })
      .optional()
      .meta({ description: 'password, and user where the server has several' }),
  },
  everyMs: 30_000,
  values: { ...WIRE_VALUES, 'info.*': 'any' },
  fail: ['connected'],
  mistakes({ target, auth }) {
    const to = addressOf(target, PORTS);
    return clearPassword({ address: to, secure: to.scheme === 'rediss', auth, instead: 'rediss://' });
  },
  target: ({ target }) => target,
  check({ target, auth, verifyTls: verify }, context) {
    const { scheme, host, port } = addressOf(target, PORTS);
    return converse({ host, port, tls: scheme === 'rediss', verifyTls: verify }, context, async (wire) => {
      if (auth) await ask(wire, ['AUTH', ...(auth.user ? [auth.user] : []), auth.password], 'OK');
      await ask(wire, ['PING'], 'PONG');
      return context.wants.has('info') ? figures(await ask(wire, ['INFO']), auth?.password) : {};
    });
  },
});

/** Errors by their first word; what follows it may be anything. */
const ERRORS = z.enum([
  'ERR',
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'BUSY',
  'CLUSTERDOWN',
  'DENIED',
]);
const REFUSALS: readonly string[] = ['NOAUTH', 'WRONGPASS', 'NOPERM', 'DENIED'];

async function ask(wire: Wire, words: readonly string[], wanted?: string): Promise<string> {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  wire.send(`*${words.length}\r\n${parts.join('')}`);
  const line = await wire.line();
  if (line.startsWith('-')) {
    const error = ERRORS.catch('ERR').parse(line.slice(1).split(' ', 1)[0]);
    const refused = REFUSALS.includes(error) || (words[0] === 'AUTH' && error === 'ERR');
    throw knownFailure(refused ? 'login-refused' : 'wrong-answer', error);
  }
  const answer = line.startsWith('$') ? await bulk(wire, line) : line.slice(1);
  if (!/^[+$]/.test(line)) throw knownFailure('wrong-protocol');
  if (wanted !== undefined && answer !== wanted) throw knownFailure('wrong-answer');
  return answer;
}

async function bulk(wire: Wire, head: string): Promise<string> {
  if (!/^\$\d{1,7}$/.test(head)) throw knownFailure('wrong-protocol');
  const length = Number(head.slice(1));
  const whole = await wire.take((seen) => (seen.length < length + 2 ? undefined : length + 2));
  return whole.toString('utf8', 0, length);
}

function figures(info: string, secret: string | undefined): Heard {
  const known = new Map<string, Value>();
  for (const line of withoutSecrets(info, [secret]).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 1 || line.startsWith('#')) continue;
    const text = line.slice(colon + 1);
    known.set(`info.${line.slice(0, colon)}`, /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  }
  return { lookup: (name) => known.get(name) };
}
