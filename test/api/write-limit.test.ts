import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { networkOf, writeLimit } from '../../src/api/write-limit.ts';
import { AppError } from '../../src/lib/app-error.ts';
import type { HttpEnv } from '../../src/lib/http-env.ts';

describe('the network of an address', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});

function portal(perMinute: number) {
  const app = new Hono<HttpEnv>();
  app.onError((error, c) => c.text(error.message, error instanceof AppError ? (error.status as 429) : 500));
  app.use('*', async (c, next) => {
    c.set('ip', c.req.header('x-test-ip') ?? '192.0.2.1');
    await next();
  });
  app.use('*', writeLimit({ perMinute }));
  app.all('*', (c) => c.text('ok'));
  return async (method: string, path: string, ip = '192.0.2.1'): Promise<number> =>
    (await app.request(path, { method, headers: { 'x-test-ip': ip } })).status;
}

describe('the fence against floods of writes', () => {
  test('refuses beyond the limit, per network', async () => {
    const ask = portal(3);
    const statuses = await Promise.all(
      [1, 2, 3, 4].map(() => ask('POST', '/api/v1/recovery', '2001:db8::1')),
    );
    expect(statuses.sort()).toEqual([200, 200, 200, 429]);
    expect(await ask('POST', '/api/v1/recovery', '2001:db8::2')).toBe(429);
    expect(await ask('POST', '/api/v1/recovery', '2001:db8:0:1::2')).toBe(200);
  });

  test('never stands before reading, help requests or heartbeats', async () => {
    const ask = portal(1);
    await ask('POST', '/x');
    expect(await ask('POST', '/x')).toBe(429);
    expect(await ask('GET', '/x')).toBe(200);
    expect(await ask('POST', '/api/v1/help-requests')).toBe(200);
    expect(await ask('POST', '/fa/help')).toBe(200);
    expect(await ask('POST', '/api/v1/heartbeats/t')).toBe(200);
    expect(await ask('POST', '/fa/helpful')).toBe(429);
  });
});
