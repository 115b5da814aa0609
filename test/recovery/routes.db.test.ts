import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerError } from '../../src/api/problem-json.ts';
import type { HttpEnv } from '../../src/lib/http-env.ts';
import { newRouter } from '../../src/lib/router.ts';
import { ANONYMOUS } from '../../src/lib/who.ts';
import { recoveryRoutes } from '../../src/recovery/routes.ts';
import { type Bench, GOOD, openBench } from './recovery-bench.ts';

let bench: Bench;
let app: ReturnType<typeof newRouter>;
let ip: string;

beforeEach(async () => {
  bench = await openBench();
  ip = '192.0.2.1';
  app = newRouter();
  app.onError(answerError(pino({ level: 'silent' })));
  app.use('*', async (c, next) => {
    const variables: Partial<HttpEnv['Variables']> = { ip, who: ANONYMOUS, lang: 'en', requestId: 'r' };
    for (const [name, value] of Object.entries(variables)) c.set(name as 'ip', value as string);
    await next();
  });
  app.route('/api/v1/recovery', recoveryRoutes(bench.recovery, 12));
});
afterEach(() => bench.remove());

const post = (path: string, body: unknown, cookie?: string) =>
  app.request(`/api/v1/recovery${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
  });
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';

async function mailed(identifier = 'alex') {
  const before = bench.mails.length;
  const cookie = cookieOf(await post('', { identifier, lang: 'en' }));
  await bench.jobs.drain();
  const text = bench.mails[before]?.text ?? '';
  return {
    cookie,
    code: /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(text)?.[0] ?? '',
    token: /\/r#([\w-]{43})$/m.exec(text)?.[1] ?? '',
    reportToken: /not-me#([\w-]{22})$/m.exec(text)?.[1] ?? '',
  };
}

describe('POST /api/v1/recovery', () => {
  test('answers the same for everybody: status, body, headers, length', async () => {
    const seen = new Set<string>();
    for (const identifier of [
      'alex',
      'nobody',
      'dora',
      'lola',
      'root',
      'noel',
      'shared@example.org',
      'x'.repeat(256),
    ]) {
      ip = `198.51.100.${seen.size}`;
      const response = await post('', { identifier, lang: 'en' });
      const headers = [...response.headers].map(([name, value]) =>
        name === 'set-cookie' ? `${name}: ${value.replace(/=[\w-]{43};/, '=…;')}` : `${name}: ${value}`,
      );
      seen.add(JSON.stringify([response.status, headers, await response.text()]));
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]).toContain('[202,');
  });

  test('binds the request to a cookie that no neighbour and no script can touch', async () => {
    const response = await post('', { identifier: 'alex', lang: 'en' });
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-firstline\.recovery=[\w-]{43}; Path=\/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['an identifier of 257', { identifier: 'x'.repeat(257) }],
    ['an identifier of 100,000', { identifier: 'x'.repeat(100_000) }],
    ['a NUL in it', { identifier: 'alex\u0000' }],
    ['a line break in it', { identifier: 'alex\r\nBcc: evil@example.net' }],
    ['emptiness', { identifier: '  ' }],
    ['a list', { identifier: ['alex', 'sara'] }],
    ['an object', { identifier: { $ne: null } }],
    ['a parameter too many', { identifier: 'alex', to: 'evil@example.net' }],
    ['a polluting one', JSON.parse('{"identifier":"alex","__proto__":{"admin":true}}')],
    ['an unknown language', { identifier: 'alex', lang: 'xx' }],
    ['no JSON', '{"identifier":'],
  ])('refuses %s before any work', async (_what, body) => {
    const response = await post('', body);
    expect([400, 422]).toContain(response.status);
    expect(await bench.db.kysely.selectFrom('recovery_request').select('id').execute()).toEqual([]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('the rest of the flow', () => {
  test('by code, over HTTP', async () => {
    const { cookie, code } = await mailed();
    const proof = await post('/proof', { code }, cookie);
    expect(proof.status).toBe(200);
    expect(await proof.json()).toMatchObject({ step: 'password', login: 'alex' });
    const refused = await post('/password', { password: 'password1234' }, cookie);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      outcome: 'refused',
      reason: 'common',
      message: expect.any(String),
    });
    const done = await post('/password', { password: GOOD }, cookie);
    expect(done.status).toBe(200);
    expect(done.headers.get('set-cookie')).toBeNull();
    expect(await done.json()).toMatchObject({ outcome: 'done' });
  });

  test('by link, in a browser without a cookie', async () => {
    const { token } = await mailed();
    const proof = await post('/proof', { token });
    expect(proof.status).toBe(200);
    expect((await post('/password', { password: GOOD }, cookieOf(proof))).status).toBe(200);
  });

  test('GET and HEAD never consume anything (mail scanners follow links)', async () => {
    const { cookie, token } = await mailed();
    for (const method of ['GET', 'HEAD']) {
      for (const path of [
        '',
        '/proof',
        `/proof?token=${token}`,
        '/password',
        '/not-me',
        '/unlock',
        '/stuck',
      ]) {
        await app.request(`/api/v1/recovery${path}`, { method, headers: { cookie } });
      }
    }
    expect((await post('/proof', { token })).status).toBe(200);
  });

  test('code and token together, or neither, are no proof', async () => {
    const { cookie, code, token } = await mailed();
    for (const body of [{ code, token }, {}, { code: '' }, { token: ['a'] }]) {
      expect((await post('/proof', body, cookie)).status).toBe(422);
    }
    expect((await post('/proof', { code }, cookie)).status).toBe(200);
  });

  test.each([1_025, 4_096])('a password of %i is told to be too long', async (length) => {
    const { cookie, code } = await mailed();
    await post('/proof', { code }, cookie);
    const response = await post('/password', { password: 'x'.repeat(length) }, cookie);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ reason: 'too-long' });
  });

  test('a password of 10,000 is refused before any work', async () => {
    const { cookie, code } = await mailed();
    await post('/proof', { code }, cookie);
    expect((await post('/password', { password: 'x'.repeat(10_000) }, cookie)).status).toBe(422);
  });

  test('without a proof nothing is set, whatever the cookie says', async () => {
    const { cookie } = await mailed();
    for (const each of [
      undefined,
      cookie,
      '__Host-firstline.recovery=',
      `__Host-firstline.recovery=${'x'.repeat(43)}`,
    ]) {
      expect((await post('/password', { password: GOOD }, each)).status).toBe(401);
    }
  });

  test('"this was not me" over HTTP, and a wrong link is refused', async () => {
    const { reportToken } = await mailed();
    expect((await post('/not-me', { token: 'x'.repeat(22) })).status).toBe(422);
    expect((await post('/not-me', { token: reportToken })).status).toBe(202);
    expect((await bench.tickets()).map((ticket) => ticket.priority)).toEqual(['P1']);
  });
});
