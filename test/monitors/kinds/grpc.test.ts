import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { grpc } from '../../../src/monitors/kinds/grpc.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { startGrpc } from '../../support/servers/grpc.ts';

let certificates: Certificates;
const running: { stop(): Promise<void> }[] = [];
const start: typeof startGrpc = async (...args) => {
  const server = await startGrpc(...args);
  running.push(server);
  return server;
};
beforeAll(() => {
  certificates = makeCertificates();
});
afterAll(() => certificates.remove());
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const LONG = `example.${'x'.repeat(150)}`;

describe('a real gRPC server', () => {
  test.each([
    ['as a whole', '', []],
    ['one service', 'mail', []],
    ['a service with a long name', LONG, []],
    ['a service that is down', 'print', ['health == "SERVING": NOT_SERVING']],
    ['a service that does not know', 'scan', ['health == "SERVING": UNKNOWN']],
    ['a service that does not exist', 'fax', ['health == "SERVING": SERVICE_UNKNOWN']],
  ])('%s', async (_name, service, broken) => {
    const { port } = await start({ '': 1, mail: 1, [LONG]: 1, print: 2, scan: 0 });
    const seen = await runCheck(grpc, { target: `grpc://127.0.0.1:${port}`, service });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual(broken);
  });

  test('with TLS tells the days of the certificate', async () => {
    const { port } = await start({ '': 1 }, certificates.good);
    const conditions = ['health == "SERVING"', 'tls.valid', 'cert.days > 14'];
    const seen = await runCheck(grpc, { target: `grpcs://localhost:${port}` }, { conditions });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
  });

  test('a certificate that nobody vouches for', async () => {
    const { port } = await start({ '': 1 }, certificates.selfSigned);
    const settings = { target: `grpcs://localhost:${port}` };
    expect((await runCheck(grpc, settings)).failure?.code).toBe('certificate');
    const accepted = await runCheck(grpc, { ...settings, verifyTls: false }, { conditions: ['tls.valid'] });
    expect(accepted.failure).toBeUndefined();
    expect(accepted.broken).toEqual(['tls.valid: false']);
  });

  test('without a health service', async () => {
    const { port } = await start(undefined);
    const seen = await runCheck(grpc, { target: `grpc://127.0.0.1:${port}` });
    expect(seen.failure).toEqual({ code: 'no-health-service' });
  });
});

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

describe('HTTP/2 servers of other sorts', () => {
  test.each([
    ['a web page', { ':status': 200, 'content-type': 'text/html' }, 'hello', { code: 'wrong-protocol' }],
    ['an answer cut short', { ...GRPC, 'grpc-status': '0' }, '\0\0', { code: 'wrong-protocol' }],
    [
      'a lie about its length',
      { ...GRPC, 'grpc-status': '0' },
      '\0\u007f\0\0\0\b\u0001',
      { code: 'wrong-protocol' },
    ],
    ['an error', { ...GRPC, 'grpc-status': '14' }, '', { code: 'wrong-answer', detail: '14' }],
    ['a status that is none', { ...GRPC, 'grpc-status': 'hunter2' }, '', { code: 'wrong-answer' }],
    ['an answer of 10 MB', { ...GRPC, 'grpc-status': '0' }, 'x'.repeat(10_000_000), { code: 'too-large' }],
  ])('%s', async (_name, headers, body, failure) => {
    const server = createServer();
    server.on('sessionError', () => {});
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.respond(headers);
      stream.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const seen = await runCheck(grpc, { target: `grpc://127.0.0.1:${port}` });
    server.close();
    expect(seen.failure).toEqual(failure);
  });
});

test('settings: a web address is a mistake', () => {
  expect(mistakesOf(grpc, { target: 'https://api.example.org' })).toEqual([
    expect.stringMatching(/^target: .*grpcs/),
  ]);
});

/** An empty SETTINGS frame, and a PING. */
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const PING = Buffer.concat([Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0]), Buffer.alloc(8)]);

describeBadTargets({
  kind: grpc,
  settings: (port) => ({ target: `grpc://127.0.0.1:${port}` }),
  floods: [
    ['with pings', SETTINGS, PING],
    ['with settings', SETTINGS, SETTINGS],
  ],
});
