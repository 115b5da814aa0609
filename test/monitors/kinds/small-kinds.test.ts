import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { database } from '../../../src/monitors/kinds/database.ts';
import { dns } from '../../../src/monitors/kinds/dns.ts';
import { file } from '../../../src/monitors/kinds/file.ts';
import { heartbeat } from '../../../src/monitors/kinds/heartbeat.ts';
import { host } from '../../../src/monitors/kinds/host.ts';
import { ping, readPing } from '../../../src/monitors/kinds/ping.ts';
import { tcp } from '../../../src/monitors/kinds/tcp.ts';
import { tls } from '../../../src/monitors/kinds/tls.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { freePort } from '../../support/free-port.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { floodingServer, sayingServer, silentServer } from '../../support/servers/bad-servers.ts';

const local = (port: number) => ({ target: `127.0.0.1:${port}` });
const timeoutMs = 400;

describe('tcp', () => {
  test('a port that accepts is up, at once', async () => {
    const server = await silentServer();
    const seen = await runCheck(tcp, local(server.port));
    await server.stop();
    expect(seen).toMatchObject({ broken: [], values: { connected: true } });
    expect(seen.tookMs).toBeLessThan(300);
  });
  test('a closed port is down', async () => {
    expect((await runCheck(tcp, local(await freePort()))).failure?.code).toBe('connection-refused');
  });
  test('a greeting is read when a condition asks for it', async () => {
    const server = await sayingServer('220 mail ready\r\n');
    const seen = await runCheck(tcp, local(server.port), { conditions: ['banner contains "ready"'] });
    await server.stop();
    expect(seen.broken).toEqual([]);
  });
  test('one that does not greet fails at the deadline', async () => {
    const server = await silentServer();
    const seen = await runCheck(tcp, local(server.port), { conditions: ['banner contains "x"'], timeoutMs });
    await server.stop();
    expect(seen.failure?.code).toBe('no-greeting');
  });
  test('a flood is cut off', async () => {
    const server = await floodingServer('', 'x'.repeat(1024));
    const seen = await runCheck(tcp, local(server.port), { conditions: ['banner contains "x"'], timeoutMs });
    await server.stop();
    expect(seen.tookMs).toBeLessThan(timeoutMs + 300);
    expect(String(seen.values.banner).length).toBeLessThanOrEqual(1_024);
  });
  test.each(['mail.example.org', 'a:0', 'a:70000', 'a b:1'])('%s is no address', (target) =>
    expect(mistakesOf(tcp, { target })).not.toEqual([]),
  );
});

describe('ping', () => {
  test('loopback answers', async () => {
    const seen = await runCheck(ping, { target: '127.0.0.1' });
    expect(seen).toMatchObject({ broken: [], values: { connected: true, loss: 0 } });
  });
  test('a name that does not exist is down', async () => {
    expect((await runCheck(ping, { target: 'no-such-host.invalid' })).failure?.code).toBe('name-not-found');
  });
  test.each([
    ['3 packets transmitted, 0 received, 100% packet loss', { failure: { code: 'no-echo' } }],
    [
      'From 10.0.0.1 icmp_seq=1 Destination Host Unreachable\n1 packets transmitted',
      { failure: { code: 'unreachable' } },
    ],
    ['ping: socket: Operation not permitted', { unknown: { code: 'ping-not-permitted' } }],
    ['', { unknown: { code: 'ping-missing' } }],
    ['sh: ping: command not found', { unknown: { code: 'ping-missing' } }],
  ])('the program says %j', (output, expected) => {
    expect(readPing({ alive: false, output, avg: 'unknown', packetLoss: 100 }, 5)).toMatchObject(expected);
  });
  test.each(['-f', 'a b', '$(id)', ''])('%j is no host', (target) =>
    expect(mistakesOf(ping, { target })).not.toEqual([]),
  );
});

describe('dns', () => {
  test('localhost resolves', async () => {
    const seen = await runCheck(
      dns,
      { target: 'localhost' },
      { conditions: ['answers contains "127.0.0.1"', 'count >= 1'] },
    );
    expect(seen.broken).toEqual([]);
  });
  test('a name that does not exist fails', async () => {
    const seen = await runCheck(dns, { target: 'no-such-name.invalid' });
    expect(['name-not-found', 'name-server-failed']).toContain(seen.failure?.code);
  });
  test('a name server that is silent fails in time', async () => {
    const seen = await runCheck(dns, { target: 'example.org', server: '127.0.0.1:9' }, { timeoutMs });
    expect(seen.failure).toBeDefined();
    expect(seen.tookMs).toBeLessThan(timeoutMs + 400);
  });
  test('records other than addresses need a name server', () => {
    expect(dns.mistakes?.({ target: 'x', type: 'MX' })).toHaveLength(1);
  });
  test('a name server is an address', () => {
    expect(mistakesOf(dns, { target: 'x', server: 'ns.example.org' })).not.toEqual([]);
    expect(mistakesOf(dns, { target: 'x', server: '192.0.2.53:5353' })).toEqual([]);
    expect(mistakesOf(dns, { target: 'x', server: '[2001:db8::1]:53' })).toEqual([]);
  });
});

describe('tls', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates.remove());
  const secure = async (which: 'good' | 'selfSigned' | 'otherName') => {
    const server = createTlsServer(certificates[which], (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const seen = await runCheck(tls, local(typeof address === 'object' && address ? address.port : 0));
    server.close();
    return seen;
  };
  test('a good certificate is up', async () => {
    expect(await secure('good')).toMatchObject({
      broken: [],
      values: { 'tls.valid': true, 'cert.days': 29 },
    });
  });
  test.each(['selfSigned', 'otherName'] as const)('one that is %s fails, with its days', async (which) => {
    const seen = await secure(which);
    expect(seen.failure?.code).toBe('certificate');
    expect(seen.values['cert.days']).toBe(29);
  });
  test('a server without TLS fails', async () => {
    const server = createServer((socket) => socket.end('hello\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const seen = await runCheck(tls, local(typeof address === 'object' && address ? address.port : 0));
    server.close();
    expect(['tls-failed', 'connection-reset', 'wrong-protocol']).toContain(seen.failure?.code);
  });
  test('one that says nothing fails in time', async () => {
    const server = await silentServer();
    const seen = await runCheck(tls, local(server.port), { timeoutMs });
    await server.stop();
    expect(seen.failure?.code).toBe('timeout');
  });
});

describe('file and host', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'firstline-file-'));
    writeFileSync(join(folder, 'backup'), 'x'.repeat(2_000));
    utimesSync(join(folder, 'backup'), Date.now() / 1_000, Date.now() / 1_000 - 7_200);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a backup is judged by age and size', async () => {
    const conditions = ['exists', 'age < 1h', 'size > 1000'];
    const seen = await runCheck(file, { target: join(folder, 'backup') }, { conditions });
    expect(seen.broken).toHaveLength(1);
    expect(seen.broken[0]).toContain('age < 1h');
  });
  test('a missing file is a failure', async () => {
    expect((await runCheck(file, { target: join(folder, 'none') })).failure?.code).toBe('no-such-file');
  });
  test('this machine has some disk, memory and load', async () => {
    const conditions = ['disk.free > 0', 'disk.free <= 100', 'memory.free > 0', 'load >= 0'];
    expect((await runCheck(host, { path: folder }, { conditions })).broken).toEqual([]);
  });
  test('a folder that is not there is a failure', async () => {
    expect((await runCheck(host, { path: join(folder, 'none') })).failure?.code).toBe('no-such-file');
  });
});

describe('database and heartbeat', () => {
  const context = (portal: object) => ({
    monitor: 'm',
    timeoutMs,
    wants: new Set<string>(),
    portal: {
      dataDir: '/',
      address: () => ({ host: '127.0.0.1', port: 1, name: 'x' }),
      askDatabase: async () => {},
      lastBeat: async () => undefined,
      ...portal,
    },
  });
  const settings = { within: 60_000, grace: 10_000, token: 'x' };

  test('a database that answers, refuses, hangs', async () => {
    expect((await database.check({}, context({}))).failure).toBeUndefined();
    const refusing = await database.check(
      {},
      context({ askDatabase: () => Promise.reject(new Error('gone')) }),
    );
    expect(refusing.failure).toEqual({ code: 'failed', detail: 'gone' });
    const hanging = await database.check({}, context({ askDatabase: () => new Promise(() => {}) }));
    expect(hanging.failure?.code).toBe('timeout');
  });

  test.each([
    ['never', undefined, { unknown: { code: 'no-heartbeat-yet' } }],
    ['just now', { at: Date.now(), ok: true }, { values: { connected: true } }],
    ['too long ago', { at: Date.now() - 75_000, ok: true }, { failure: { code: 'heartbeat-late' } }],
    [
      'a failure',
      { at: Date.now(), ok: false, message: 'disk' },
      { failure: { code: 'heartbeat-failed', detail: 'disk' } },
    ],
  ])('a job that reported: %s', async (_name, beat, expected) => {
    expect(await heartbeat.check(settings, context({ lastBeat: async () => beat }))).toMatchObject(expected);
  });
});
