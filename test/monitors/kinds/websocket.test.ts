import { createServer as createPlain, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { websocket } from '../../../src/monitors/kinds/websocket.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { type Certificate, type Certificates, makeCertificates } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { scriptedServer } from '../../support/servers/bad-servers.ts';

let certificates: Certificates;
const running: Server[] = [];
beforeAll(() => {
  certificates = makeCertificates();
});
afterAll(() => certificates.remove());
afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function start(
  behave: (socket: WebSocket, key: string | undefined) => void,
  tls?: Certificate,
): Promise<number> {
  const server = tls ? createSecure({ key: tls.key, cert: tls.cert }) : createPlain();
  const sockets = new WebSocketServer({
    server,
    path: '/live',
    handleProtocols: (asked) => asked.has('v1') && 'v1',
  });
  sockets.on('connection', (socket, request) => {
    socket.on('error', () => {});
    behave(socket, request.headers.authorization);
  });
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const echo = (socket: WebSocket) => socket.on('message', (data) => socket.send(String(data)));

describe('a real WebSocket', () => {
  test('opens', async () => {
    const port = await start(() => {});
    const seen = await runCheck(websocket, { target: `ws://127.0.0.1:${port}/live` });
    expect(seen).toMatchObject({ broken: [], values: { connected: true } });
  });

  test('answers what was asked, under TLS and a subprotocol', async () => {
    const port = await start(echo, certificates.good);
    const settings = { target: `wss://localhost:${port}/live?room=1`, protocol: 'v1', send: '{"ping":[7]}' };
    const conditions = ['message.$.ping[0] == 7', 'message contains "ping"', 'tls.valid', 'cert.days > 14'];
    const seen = await runCheck(websocket, settings, { conditions });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
  });

  test.each([
    ['says something else', echo, { send: 'no' }, ['message == "yes": no']],
    [
      'repeats our secret',
      (s: WebSocket, key?: string) => s.send(`key ${key}`),
      {},
      ['message == "yes": key ***'],
    ],
  ])('%s', async (_name, behave, more, broken) => {
    const port = await start(behave);
    const settings = {
      target: `ws://127.0.0.1:${port}/live`,
      headers: { authorization: 'hunter2' },
      ...more,
    };
    expect((await runCheck(websocket, settings, { conditions: ['message == "yes"'] })).broken).toEqual(
      broken,
    );
  });

  test.each([
    ['no such path', '/other', () => {}, { code: 'wrong-answer', detail: '400' }],
    ['hangs up without a word', '/live', (s: WebSocket) => s.close(), { code: 'closed-early' }],
    ['never says anything', '/live', () => {}, { code: 'no-answer' }],
    ['a message of 1 MB', '/live', (s: WebSocket) => s.send('x'.repeat(1_000_000)), { code: 'too-large' }],
  ])('%s', async (_name, path, behave, failure) => {
    const port = await start(behave);
    const options = { conditions: ['message == "yes"'], timeoutMs: 500 };
    const seen = await runCheck(websocket, { target: `ws://127.0.0.1:${port}${path}` }, options);
    expect(seen.failure).toEqual(failure);
  });

  test('a certificate that nobody vouches for', async () => {
    const port = await start(echo, certificates.selfSigned);
    const settings = { target: `wss://localhost:${port}/live` };
    expect((await runCheck(websocket, settings)).failure?.code).toBe('certificate');
    const accepted = await runCheck(
      websocket,
      { ...settings, verifyTls: false },
      { conditions: ['tls.valid'] },
    );
    expect(accepted.broken).toEqual(['tls.valid: false']);
  });

  test('a handshake with the wrong key', async () => {
    const head =
      'HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: eA==\r\n\r\n';
    const server = await scriptedServer('', () => head);
    const seen = await runCheck(websocket, { target: `ws://127.0.0.1:${server.port}/` });
    await server.stop();
    expect(seen.failure).toEqual({ code: 'wrong-protocol' });
  });
});

test('settings: headers that would become two are a mistake', () => {
  const settings = { target: 'wss://chat.example.org', headers: { 'x-a': 'b\r\nx-c: d' } };
  expect(mistakesOf(websocket, settings)).toEqual([expect.stringMatching(/line breaks/)]);
});

describeBadTargets({
  kind: websocket,
  settings: (port, secret) => ({ target: `ws://127.0.0.1:${port}/`, headers: { authorization: secret } }),
  conditions: ['message == "never"'],
  floods: [['with headers', 'HTTP/1.1 200 OK\r\n', 'x-more: and more\r\n']],
});
