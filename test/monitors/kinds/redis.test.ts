import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redis } from '../../../src/monitors/kinds/redis.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { scriptedServer } from '../../support/servers/bad-servers.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis.ts';

const password = 'opensesame-9';

describe('a real Redis', () => {
  let certificates: Certificates;
  let server: RedisServer;
  beforeAll(async () => {
    certificates = makeCertificates();
    server = await startRedis(password, certificates.good);
  });
  afterAll(async () => {
    await server.stop();
    certificates.remove();
  });
  const plain = () => `redis://127.0.0.1:${server.port}`;
  const secure = () => `rediss://127.0.0.1:${server.tlsPort}`;

  test('is up', async () => {
    const seen = await runCheck(redis, { target: plain(), auth: { password } });
    expect(seen).toMatchObject({ broken: [], values: { connected: true } });
    expect(seen.failure).toBeUndefined();
  });

  test('tells figures of INFO when conditions ask for them', async () => {
    const conditions = ['info.role == "master"', 'info.connected_slaves >= 1', 'info.nothing == 1'];
    const seen = await runCheck(
      redis,
      { target: plain(), auth: { user: 'default', password } },
      { conditions },
    );
    expect(seen.broken).toEqual(['info.connected_slaves >= 1: 0', 'info.nothing == 1: nothing']);
  });

  test('with TLS tells the days of the certificate', async () => {
    const conditions = ['tls.valid', 'cert.days > 14'];
    const seen = await runCheck(redis, { target: secure(), auth: { password } }, { conditions });
    expect(seen.broken).toEqual([]);
    expect(seen.values['cert.days']).toBe(29);
  });

  test.each([
    ['a wrong password', { password: 'wrong-1' }, 'WRONGPASS'],
    ['no password', undefined, 'NOAUTH'],
  ])('%s is a refused login', async (_name, auth, detail) => {
    const seen = await runCheck(redis, { target: plain(), ...(auth ? { auth } : {}) });
    expect(seen.failure).toEqual({ code: 'login-refused', detail });
    expect(JSON.stringify(seen)).not.toContain('wrong-1');
  });
});

describe('answers that are none', () => {
  test.each([
    [
      'still loading',
      '-LOADING Redis is loading the dataset in memory\r\n',
      { code: 'wrong-answer', detail: 'LOADING' },
    ],
    ['an error made of our words', '-opensesame-9 what?\r\n', { code: 'wrong-answer', detail: 'ERR' }],
    ['another word', '+HELLO\r\n', { code: 'wrong-answer' }],
    ['a number', ':7\r\n', { code: 'wrong-protocol' }],
    ['a length below zero', '$-1\r\n', { code: 'wrong-protocol' }],
    ['a length beyond everything', '$99999999999\r\n', { code: 'wrong-protocol' }],
  ])('%s', async (_name, answer, failure) => {
    const server = await scriptedServer('', () => answer);
    const seen = await runCheck(redis, { target: `redis://127.0.0.1:${server.port}` });
    await server.stop();
    expect(seen.failure).toEqual(failure);
  });
});

test('a password over a network needs TLS', () => {
  const auth = { password };
  expect(mistakesOf(redis, { target: 'redis://cache.example.org', auth })).toEqual([
    'auth: the password would cross the network in plain text: use rediss://',
  ]);
  expect(mistakesOf(redis, { target: 'rediss://cache.example.org', auth })).toEqual([]);
});

describeBadTargets({
  kind: redis,
  settings: (port, secret) => ({ target: `redis://127.0.0.1:${port}`, auth: { password: secret } }),
  conditions: ['connected', 'info.role == "master"'],
  floods: [['with an endless INFO', '+OK\r\n+PONG\r\n$9000000\r\n', 'used_memory:1\r\n']],
});
