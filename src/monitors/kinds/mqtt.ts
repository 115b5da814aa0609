import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { defineKind } from '../kind.ts';
import { address, addressOf } from '../wire/address.ts';
import { converse, type Heard, type Wire } from '../wire/converse.ts';
import { knownFailure } from '../wire/known-failure.ts';
import { withoutSecrets } from '../wire/printable.ts';
import { clearPassword, login, verifyTls, WIRE_VALUES } from '../wire/settings.ts';
import { jsonAt } from './json-at.ts';

const PORTS = { mqtt: 1883, mqtts: 8883 };

const settings = {
  target: address(PORTS, 'mqtts://broker.example.org'),
  verifyTls,
  auth: login.optional(),
  clientId: z.string().min(1).max(23).optional().meta({ description: 'Default: a new one for each check' }),
  topic: z
    .string()
    .min(1)
    .max(1_000)
    .refine((text) => !text.includes('\0'), 'a topic may not contain NUL')
    .optional()
    .meta({ description: 'Subscribe to it; with a condition on message, also wait for one' }),
  publish: z
    .string()
    .max(10_000)
    .optional()
    .meta({ description: 'Send this to the topic and expect it back from there' }),
};

/** A broker takes the connection (MQTT 3.1.1) and, if asked, a subscription or a message there and back. */
export const mqtt = defineKind({
  kind: 'mqtt',
  summary: 'A message broker takes a connection and, if asked, passes messages on',
  settings,
  values: { ...WIRE_VALUES, message: 'text', 'message.*': 'any' },
  fail: ['connected'],
  mistakes({ target, auth, topic, publish }) {
    const to = addressOf(target, PORTS);
    const clear = clearPassword({ address: to, secure: to.scheme === 'mqtts', auth, instead: 'mqtts://' });
    if (publish === undefined) return clear;
    if (topic === undefined) return [...clear, { key: 'publish', message: 'needs a topic to go to' }];
    if (!/[+#]/.test(topic)) return clear;
    return [...clear, { key: 'topic', message: 'a topic to publish to has no wildcards + and #' }];
  },
  target: ({ target, topic }) => (topic ? `${target} ${topic}` : target),
  check({ target, verifyTls: verify, ...wishes }, context) {
    const { scheme, host, port } = addressOf(target, PORTS);
    const peer = { host, port, tls: scheme === 'mqtts', verifyTls: verify };
    return converse(peer, context, (wire) => talk(wire, wishes, context.wants.has('message')));
  },
});

type Wishes = Omit<z.output<z.ZodObject<typeof settings>>, 'target' | 'verifyTls'>;

const CONNACK = 2;
const PUBLISH = 3;
const SUBACK = 9;

async function talk(wire: Wire, wishes: Wishes, wantsMessage: boolean): Promise<Heard> {
  const { auth, topic, publish } = wishes;
  const next = packets(wire);
  wire.send(connectPacket(wishes.clientId ?? `fl${randomUUID().replaceAll('-', '').slice(0, 20)}`, auth));
  const [, code = 255] = await next(CONNACK);
  if (code !== 0) throw knownFailure(code === 4 || code === 5 ? 'login-refused' : 'wrong-answer', `${code}`);
  let heard: Heard = {};
  if (topic !== undefined) {
    wire.send(frame(0x82, Buffer.concat([uint16(1), text(topic), Buffer.of(0)])));
    const [, , granted = 0x80] = await next(SUBACK);
    if (granted >= 0x80) throw knownFailure('subscription-refused');
    if (publish !== undefined) wire.send(frame(0x30, Buffer.concat([text(topic), Buffer.from(publish)])));
    if (publish !== undefined || wantsMessage) heard = saying(await message(next, publish), auth?.password);
  }
  wire.bye(frame(0xe0, Buffer.alloc(0)));
  return heard;
}

function saying(heard: string, secret: string | undefined): Heard {
  const clean = withoutSecrets(heard, [secret]);
  return {
    values: { message: clean },
    lookup: (name) =>
      name.startsWith('message.') ? jsonAt(clean, name.slice('message.'.length)) : undefined,
  };
}

/** The next message, or the one that was sent: others may use the topic too. */
async function message(next: NextPacket, wanted: string | undefined): Promise<string> {
  for (;;) {
    const body = await next(PUBLISH);
    if (body.length < 2) throw knownFailure('wrong-protocol');
    const payload = body.toString('utf8', 2 + body.readUInt16BE(0));
    if (wanted === undefined || payload === wanted) return payload;
  }
}

/** The body of the next packet of a type. */
type NextPacket = (type: number) => Promise<Buffer>;

function packets(wire: Wire): NextPacket {
  // A kept message may come before the answer to the subscription (MQTT 3.1.1, 3.8.4).
  const early: Buffer[] = [];
  return async (type) => {
    const kept = type === PUBLISH ? early.shift() : undefined;
    if (kept) return kept;
    for (;;) {
      const whole = await wire.take(wholePacket);
      const own = (whole[0] ?? 0) >> 4;
      const body = whole.subarray(whole.length - remaining(whole).length);
      if (own === type) return body;
      if (own !== PUBLISH || type !== SUBACK) throw knownFailure('wrong-protocol');
      early.push(body);
    }
  };
}

function wholePacket(seen: Buffer): number | undefined {
  if (seen.length < 2) return undefined;
  const { length, bytes } = remaining(seen);
  return bytes === 0 ? undefined : 1 + bytes + length;
}

/** Length of the body in 1 to 4 bytes of seven bits; `bytes` 0: not all of them are here yet. */
function remaining(packetBytes: Buffer): { readonly length: number; readonly bytes: number } {
  let length = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = packetBytes[i];
    if (byte === undefined) return { length: 0, bytes: 0 };
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return { length, bytes: i };
  }
  throw knownFailure('wrong-protocol');
}

function connectPacket(clientId: string, auth: Wishes['auth']): Buffer {
  const clean = 0x02;
  const flags = auth ? clean | 0xc0 : clean;
  const keepAlive = uint16(60);
  const head = Buffer.concat([text('MQTT'), Buffer.of(4, flags), keepAlive]);
  const who = auth ? [text(auth.user), text(auth.password)] : [];
  return frame(0x10, Buffer.concat([head, text(clientId), ...who]));
}

function frame(first: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.of(first, ...length), body]);
}

const uint16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint16(bytes.length), bytes]);
}
