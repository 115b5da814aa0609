import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../../../src/monitors/kinds/sql.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { scriptedServer } from '../../support/servers/bad-servers.ts';
import { startMariadb } from '../../support/servers/mariadb.ts';
import { startPostgresWithLogin } from '../../support/servers/postgres-with-login.ts';

const auth = { user: 'watch', password: 'opensesame-9' };

describe.each([
  {
    name: 'PostgreSQL',
    scheme: 'postgres',
    start: startPostgresWithLogin,
    slow: 'select pg_sleep(30)',
    write: 'create table x (y int)',
    codes: { login: '28P01', syntax: '42601', write: '25006', missing: '3D000' },
    numbers:
      "select 7::int8 as seven, 2.5::numeric as half, true as yes, null as nothing, timestamptz '2026-01-02 03:04:05Z' as at",
    at: '2026-01-02T03:04:05.000Z',
  },
  {
    name: 'MariaDB',
    scheme: 'mysql',
    start: startMariadb,
    slow: 'select sleep(30)',
    write: "update jobs set state = 'x'",
    codes: {
      login: 'ER_ACCESS_DENIED_ERROR',
      syntax: 'ER_PARSE_ERROR',
      write: 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
      missing: 'ER_DBACCESS_DENIED_ERROR',
    },
    numbers:
      "select cast(7 as unsigned) as seven, 2.5 as half, 1 as yes, null as nothing, timestamp '2026-01-02 03:04:05' as at",
    at: '2026-01-02 03:04:05',
  },
])('a real $name', ({ scheme, start, slow, write, codes, numbers, at }) => {
  let certificates: Certificates;
  let server: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    certificates = makeCertificates();
    server = await start(auth, certificates.good);
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    certificates.remove();
  });
  const there = () => ({ target: `${scheme}://127.0.0.1:${server.port}/app`, auth });

  test('takes the login and answers', async () => {
    const seen = await runCheck(sql, there(), { conditions: ['connected', 'value == 1', 'rows == 1'] });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
  });

  test('the first row is there by name, with its types', async () => {
    const conditions = [
      'row.seven == 7',
      'row.half < 3',
      'row.nothing != 1',
      `row.at == "${at}"`,
      'row.no == 1',
    ];
    const seen = await runCheck(sql, { ...there(), query: numbers }, { conditions });
    expect(seen.broken).toEqual(['row.no == 1: nothing']);
  });

  test('no row is an answer', async () => {
    const query = 'select 1 as one from (select 2 as two) as t where two > 5';
    const seen = await runCheck(sql, { ...there(), query }, { conditions: ['rows > 0', 'value == 1'] });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual(['rows > 0: 0', 'value == 1: nothing']);
  });

  test('with TLS tells the days of the certificate', async () => {
    const settings = { target: `${scheme}://localhost:${server.port}/app`, auth, tls: true };
    const seen = await runCheck(sql, settings, { conditions: ['tls.valid', 'cert.days > 14', 'value == 1'] });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
    expect(await runCheck(sql, { ...there(), tls: true }, { conditions: ['tls.valid'] })).toMatchObject({
      broken: [],
    });
  });

  test('a certificate that nobody vouches for ends it before the login', async () => {
    certificates.distrust();
    const seen = await runCheck(sql, { ...there(), tls: true });
    const accepted = await runCheck(
      sql,
      { ...there(), tls: true, verifyTls: false },
      { conditions: ['tls.valid'] },
    );
    certificates.trust();
    expect(seen.failure?.code).toBe('certificate');
    expect(seen.values).toMatchObject({ connected: true, 'tls.valid': false });
    expect(accepted.failure).toBeUndefined();
    expect(accepted.broken).toEqual(['tls.valid: false']);
  });

  test.each([
    [
      'a wrong password',
      () => ({ auth: { ...auth, password: 'wrong-password-1' } }),
      'login-refused',
      codes.login,
    ],
    ['a query that is none', () => ({ query: 'selekt 1' }), 'query-failed', codes.syntax],
    ['two statements', () => ({ query: 'select 1; select 2' }), 'query-failed', codes.syntax],
    ['a query that changes something', () => ({ query: write }), 'query-failed', codes.write],
  ])('%s', async (_name, more, code, detail) => {
    const seen = await runCheck(sql, { ...there(), ...more() });
    expect(seen.failure).toEqual({ code, detail });
    expect(JSON.stringify(seen)).not.toContain('wrong-password-1');
  });

  test('a database that does not exist', async () => {
    const seen = await runCheck(sql, { target: `${scheme}://127.0.0.1:${server.port}/nowhere`, auth });
    expect(seen.failure?.detail).toBe(codes.missing);
  });

  test('a query without end is cut at the deadline, here and there', async () => {
    const seen = await runCheck(sql, { ...there(), query: slow }, { timeoutMs: 2_500 });
    expect(seen.failure?.code).toMatch(/^(no-answer|query-failed)$/);
    expect(seen.tookMs).toBeLessThan(2_900);
  });

  test('a huge result is refused', async () => {
    const query = `select repeat('x', 3000000) as big`;
    expect((await runCheck(sql, { ...there(), query })).failure).toEqual({ code: 'too-large' });
    const secure = await runCheck(sql, { ...there(), query, tls: true });
    expect(secure.failure).toEqual({ code: 'too-large' });
  });

  test('the password is in no value, even if the database holds it', async () => {
    const query = `select 'it is ${auth.password}' as told`;
    const seen = await runCheck(sql, { ...there(), query }, { conditions: ['row.told == "x"'] });
    expect(seen.broken).toEqual(['row.told == "x": it is ***']);
  });
});

/** PostgreSQL's messages: a letter, a length, a body. */
const message = (letter: string, body: Buffer, length = body.length + 4): Buffer => {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, body]);
};
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);

describe('databases that lie about lengths', () => {
  test.each([
    ['a row with a column outside of the message', message('D', Buffer.from([0, 9, 0x7f, 0xff, 0xff, 0xff]))],
    ['a description without an end', message('T', Buffer.from([0, 3, 0x61]))],
    ['an error without an end', message('E', Buffer.from('S'))],
    ['a message shorter than nothing', message('C', Buffer.alloc(8), 1)],
  ])('PostgreSQL: %s ends the check and nothing else', async (_name, answer) => {
    let step = 0;
    const server = await scriptedServer('', () => (step++ === 0 ? WELCOME : answer));
    const seen = await runCheck(
      sql,
      { target: `postgres://127.0.0.1:${server.port}`, auth },
      { timeoutMs: 2_500 },
    );
    await server.stop();
    expect(seen.failure).toBeDefined();
    expect(seen.tookMs).toBeLessThan(2_900);
  });

  test.each([
    ['an empty greeting', Buffer.from([0, 0, 0, 0])],
    ['a greeting cut short', Buffer.from([3, 0, 0, 0, 10, 0x35, 0x2e])],
    ['an error as greeting', Buffer.from([3, 0, 0, 0, 0xff, 0x10, 0x04])],
  ])('MySQL: %s ends the check and nothing else', async (_name, greeting) => {
    const server = await scriptedServer(greeting, () => Buffer.from([1, 0, 0, 2, 0xfb]));
    const seen = await runCheck(
      sql,
      { target: `mysql://127.0.0.1:${server.port}`, auth },
      { timeoutMs: 2_500 },
    );
    await server.stop();
    expect(seen.failure).toBeDefined();
    expect(seen.tookMs).toBeLessThan(2_900);
  });

  test('a server without TLS gets no login when TLS was asked for', async () => {
    const server = await scriptedServer('', () => 'N');
    const seen = await runCheck(sql, { target: `postgres://127.0.0.1:${server.port}`, auth, tls: true });
    await server.stop();
    expect(seen.failure).toEqual({ code: 'no-starttls' });
    expect(server.heard()).not.toContain('watch');
  });
});

test.each([
  [
    'another database',
    { target: 'oracle://db.example.org' },
    /^target: expected an address such as postgres:/,
  ],
  ['a login in the address', { target: 'postgres://me:pw@db.example.org' }, /^target: .*use auth/],
])('settings: %s is a mistake', (_name, more, message) => {
  expect(mistakesOf(sql, { auth, ...more })).toEqual([expect.stringMatching(message)]);
});

describe.each([
  [
    'postgres',
    [['with one row of 2 GB', Buffer.concat([WELCOME, message('D', Buffer.alloc(0), 0x7fffffff)]), 'x']],
  ],
  [
    'mysql',
    [
      [
        'with one packet of 16 MB after the other',
        '',
        Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0]), Buffer.alloc(60)]),
      ],
    ],
  ],
] as const)('%s', (scheme, floods) => {
  describeBadTargets({
    kind: sql,
    settings: (port, secret) => ({
      target: `${scheme}://127.0.0.1:${port}/app`,
      auth: { user: 'me', password: secret },
    }),
    conditions: ['value == 1'],
    // Starting a thread takes its time on a busy machine.
    timeoutMs: 2_500,
    floods,
  });
});
