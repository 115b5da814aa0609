import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { TLSSocket } from 'node:tls';
import { z } from 'zod';
import type { Value } from '../condition.ts';
import { defineKind, type Observation, sinceMs } from '../kind.ts';
import type { Reason } from '../reason.ts';
import { type Address, address, addressOf } from '../wire/address.ts';
import { failureOf, knownFailure } from '../wire/known-failure.ts';
import { verifyTls, WIRE_VALUES } from '../wire/settings.ts';
import { certificateValues } from './tls.ts';

const PORTS = { grpc: 80, grpcs: 443 };

/** A gRPC server says that it, or one of its services, is serving (grpc.health.v1). */
export const grpc = defineKind({
  kind: 'grpc',
  summary: 'A gRPC server says that it, or one of its services, is serving',
  settings: {
    target: address(PORTS, 'grpcs://api.example.org:50051'),
    verifyTls,
    service: z.string().max(200).default('').meta({ description: 'Empty: the server as a whole' }),
  },
  everyMs: 30_000,
  values: { ...WIRE_VALUES, health: 'text' },
  fail: ['connected', 'health == "SERVING"'],
  target: ({ target, service }) => (service ? `${target} ${service}` : target),
  check({ target, service, verifyTls: verify }, { timeoutMs }) {
    const { promise, resolve } = Promise.withResolvers<Observation>();
    const started = performance.now();
    let values: Record<string, Value> = {};
    const session = openSession(addressOf(target, PORTS), verify);
    const end = (failure?: Reason) => {
      clearTimeout(timer);
      const latencyMs = sinceMs(started);
      const seen = { latencyMs, values: { connected: false, latency: latencyMs, ...values } };
      resolve(failure ? { ...seen, failure } : seen);
      session.destroy();
    };
    const fail = (error: unknown) => end(sessionFailure(error));
    const timer = setTimeout(() => fail(knownFailure('no-answer')), timeoutMs);
    session.on('error', fail);
    session.on('close', () => fail(knownFailure('closed-early')));
    session.on('goaway', () => fail(knownFailure('closed-early')));
    session.once('connect', () => {
      values = { connected: true, ...tlsValues(session) };
      ask(session, service, timeoutMs).then((health) => {
        values = { ...values, health };
        end();
      }, fail);
    });
    return promise;
  },
});

function openSession({ scheme, host, port }: Address, verify: boolean): ClientHttp2Session {
  const name = host.includes(':') ? `[${host}]` : host;
  const session = connect(`${scheme === 'grpcs' ? 'https' : 'http'}://${name}:${port}`, {
    rejectUnauthorized: verify,
    maxSessionMemory: 1,
    maxHeaderListPairs: 64,
    settings: { enablePush: false, initialWindowSize: MOST_ANSWER_BYTES },
  });
  // A server that opens streams towards us.
  session.on('stream', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
  return session;
}

const tlsValues = ({ socket }: ClientHttp2Session): Record<string, Value> => {
  // The session hands out a view of its socket; only what it lets through may be asked.
  const seen: unknown = socket;
  return seen instanceof TLSSocket
    ? { 'tls.valid': seen.authorized, ...certificateValues(seen.getPeerCertificate()) }
    : {};
};

const MOST_ANSWER_BYTES = 65_535;
const HEALTH = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
const NOT_FOUND = '5';
const UNIMPLEMENTED = '12';
const UNAUTHENTICATED = '16';

function ask(session: ClientHttp2Session, service: string, timeoutMs: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stream = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    'grpc-timeout': `${timeoutMs}m`,
    te: 'trailers',
    'user-agent': 'Firstline',
  });
  let headers: IncomingHttpHeaders = {};
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('response', (first) => {
    headers = first;
  });
  stream.on('trailers', (last) => {
    headers = { ...headers, ...last };
  });
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) reject(knownFailure('too-large'));
    else chunks.push(chunk);
  });
  stream.on('error', reject);
  stream.on('end', () => {
    try {
      resolve(healthOf(headers, Buffer.concat(chunks)));
    } catch (error) {
      reject(error);
    }
  });
  sendRequest(stream, service);
  return promise;
}

/** HealthCheckRequest { string service = 1; }, after a byte "not compressed" and four of length. */
function sendRequest(stream: ClientHttp2Stream, service: string): void {
  const name = Buffer.from(service);
  const length = name.length < 0x80 ? [name.length] : [(name.length & 0x7f) | 0x80, name.length >> 7];
  const message = name.length === 0 ? name : Buffer.concat([Buffer.of(0x0a, ...length), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([head, message]));
}

function healthOf(headers: IncomingHttpHeaders, answer: Buffer): string {
  if (!String(headers['content-type']).startsWith('application/grpc')) throw knownFailure('wrong-protocol');
  const status = String(headers['grpc-status'] ?? '');
  if (status === NOT_FOUND) return 'SERVICE_UNKNOWN';
  if (status === UNIMPLEMENTED) throw knownFailure('no-health-service');
  if (status === UNAUTHENTICATED) throw knownFailure('login-refused', status);
  if (status !== '0') throw knownFailure('wrong-answer', /^\d{1,2}$/.test(status) ? status : undefined);
  return HEALTH[statusField(answer)] ?? 'UNKNOWN';
}

/** HealthCheckResponse { ServingStatus status = 1; }; an absent field is 0. */
function statusField(answer: Buffer): number {
  if (answer.length < 5 || answer[0] !== 0 || answer.readUInt32BE(1) !== answer.length - 5)
    throw knownFailure('wrong-protocol');
  if (answer.length === 5) return 0;
  if (answer[5] !== 0x08 || answer[6] === undefined) throw knownFailure('wrong-protocol');
  return answer[6];
}

function sessionFailure(error: unknown): Reason {
  const { code } = error as { code?: string };
  return code?.startsWith('ERR_HTTP2') ? failureOf(knownFailure('wrong-protocol')) : failureOf(error);
}
