import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import WebSocket from 'ws';
import { z } from 'zod';
import type { Value } from '../condition.ts';
import { defineKind, type Observation, sinceMs } from '../kind.ts';
import type { Reason } from '../reason.ts';
import { address } from '../wire/address.ts';
import { failureOf, knownFailure } from '../wire/known-failure.ts';
import { withoutSecrets } from '../wire/printable.ts';
import { verifyTls, WIRE_VALUES } from '../wire/settings.ts';
import { jsonAt } from './json-at.ts';
import { certificateValues } from './tls.ts';

const MOST_MESSAGE_BYTES = 65_536;

const settings = {
  target: address({ ws: 80, wss: 443 }, 'wss://chat.example.org/live'),
  verifyTls,
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]+$/, 'expected a header name'),
      z
        .string()
        .max(2_000)
        .refine((text) => !/[\r\n\0]/.test(text), 'a header may not contain line breaks'),
    )
    .default({}),
  protocol: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .optional()
    .meta({ description: 'Subprotocol to ask for' }),
  send: z
    .string()
    .max(10_000)
    .optional()
    .meta({ description: 'Text to send; a condition on message then looks at the first answer' }),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

/** A WebSocket opens and, if conditions ask for a message, says something. */
export const websocket = defineKind({
  kind: 'websocket',
  summary: 'A WebSocket opens and, if asked, answers',
  settings,
  everyMs: 30_000,
  values: { ...WIRE_VALUES, message: 'text', 'message.*': 'any' },
  fail: ['connected'],
  target: ({ target }) => target.replace(/[?#].*$/, ''),
  check(given, { timeoutMs, wants }) {
    const { promise, resolve } = Promise.withResolvers<Observation>();
    const started = performance.now();
    const secrets = Object.values(given.headers);
    let values: Record<string, Value> = {};
    let socket: WebSocket | undefined;
    const end = (failure?: Reason, message?: string) => {
      clearTimeout(timer);
      const latencyMs = sinceMs(started);
      const told = message === undefined ? {} : { message: withoutSecrets(message, secrets) };
      const seen = { latencyMs, values: { connected: false, latency: latencyMs, ...values, ...told } };
      const lookup = (name: string) =>
        name.startsWith('message.') ? jsonAt(told.message ?? '', name.slice('message.'.length)) : undefined;
      resolve(failure ? { ...seen, failure } : { ...seen, lookup });
      // Without waiting for a goodbye: the other side may never say it.
      socket?.terminate();
    };
    const fail = (error: unknown) => end(websocketFailure(error));
    const timer = setTimeout(() => fail(knownFailure('no-answer')), timeoutMs);
    try {
      socket = open(given);
    } catch {
      fail(knownFailure('wrong-protocol'));
      return promise;
    }
    socket.on('error', fail);
    socket.on('upgrade', (answer) => {
      values = { connected: true, ...tlsValues(answer) };
    });
    socket.on('open', () => {
      if (given.send !== undefined) socket?.send(given.send);
      if (!wants.has('message')) end();
    });
    socket.on('message', (data) => end(undefined, Buffer.isBuffer(data) ? data.toString('utf8') : ''));
    socket.on('close', () => fail(knownFailure('closed-early')));
    return promise;
  },
});

const open = ({ target, protocol, headers, verifyTls: verify }: Settings): WebSocket =>
  new WebSocket(target, protocol === undefined ? [] : [protocol], {
    headers: { 'user-agent': 'Firstline', ...headers },
    maxPayload: MOST_MESSAGE_BYTES,
    // A small message that unfolds into a big one.
    perMessageDeflate: false,
    followRedirects: false,
    rejectUnauthorized: verify,
    agent: false,
  });

const tlsValues = ({ socket }: IncomingMessage): Record<string, Value> =>
  socket instanceof TLSSocket
    ? { 'tls.valid': socket.authorized, ...certificateValues(socket.getPeerCertificate()) }
    : {};

/** The library's messages hold the status of a refused handshake, and what it found wrong in frames. */
function websocketFailure(error: unknown): Reason {
  const { message = '', code = '' } = error as { message?: string; code?: string };
  const status = /^Unexpected server response: (\d{3})$/.exec(message)?.[1];
  if (status !== undefined) return failureOf(knownFailure('wrong-answer', status));
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return failureOf(knownFailure('too-large'));
  if (code.startsWith('WS_ERR_') || /Sec-WebSocket|subprotocol|Upgrade header/i.test(message))
    return failureOf(knownFailure('wrong-protocol'));
  return failureOf(error);
}
