import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ldap } from '../../../src/monitors/kinds/ldap.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { trustAuthority } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { scriptedServer } from '../../support/servers/bad-servers.ts';
import { BASE, PEOPLE, type Slapd, startSlapd } from '../../support/slapd.ts';

describe('a real directory', () => {
  let server: Slapd;
  let distrust: () => void;
  beforeAll(async () => {
    const people = [
      { login: 'alex', name: 'Alex Example' },
      { login: 'sara', name: 'Sara Example' },
    ];
    server = await startSlapd({ tls: true, people });
    distrust = trustAuthority(readFileSync(server.caFile, 'utf8'));
  });
  afterAll(async () => {
    distrust();
    await server.stop();
  });
  const auth = () => ({ user: server.service.dn, password: server.service.password });

  test('answers an anonymous bind', async () => {
    const seen = await runCheck(ldap, { target: server.url });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
  });

  test.each([
    ['TLS from the first byte', () => ({ target: server.secureUrl })],
    ['STARTTLS', () => ({ target: server.url, starttls: true })],
  ])('with %s takes a login and finds an entry', async (_name, more) => {
    const search = { base: PEOPLE, scope: 'one', filter: '(uid=alex)', attributes: ['cn'] };
    const conditions = ['entries == 1', 'entry.cn == "Alex Example"', 'tls.valid', 'cert.days < 3'];
    const seen = await runCheck(ldap, { ...more(), auth: auth(), search }, { conditions });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
  });

  test('what is not there is no entry and no failure', async () => {
    const search = { base: `ou=nowhere,${BASE}`, scope: 'sub' };
    const conditions = ['entries > 0', 'entry.cn == "x"'];
    const seen = await runCheck(ldap, { target: server.url, auth: auth(), search }, { conditions });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual(['entries > 0: 0', 'entry.cn == "x": nothing']);
  });

  test('a wrong password is a refused login', async () => {
    const wrong = { ...auth(), password: 'wrong-password-1' };
    const seen = await runCheck(ldap, { target: server.url, auth: wrong });
    expect(seen.failure).toEqual({ code: 'login-refused', detail: '49' });
    expect(JSON.stringify(seen)).not.toContain('wrong-password-1');
  });

  test('a certificate of an unknown authority ends it before the password is said', async () => {
    distrust();
    const seen = await runCheck(ldap, { target: server.secureUrl, auth: auth() });
    distrust = trustAuthority(readFileSync(server.caFile, 'utf8'));
    expect(seen.failure?.code).toBe('certificate');
    expect(seen.values).toMatchObject({ connected: true, 'tls.valid': false });
  });

  test('a directory that hangs is noticed at the deadline', async () => {
    server.pause();
    const seen = await runCheck(ldap, { target: server.url }, { timeoutMs: 300 });
    server.resume();
    expect(seen.failure?.code).toBe('no-answer');
    expect(seen.tookMs).toBeLessThan(700);
  });
});

const BIND_OK = [0x30, 0x0c, 0x02, 0x01, 0x02, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00];

describe('answers that are none', () => {
  test.each([
    ['a text', Buffer.from('220 mail\r\n')],
    ['a length of eight bytes', Buffer.from([0x30, 0x88, 1, 2, 3, 4, 5, 6, 7, 8])],
    ['an empty message', Buffer.from([0x30, 0])],
    ['lengths that lead outside', Buffer.from([0x30, 4, 0x02, 0x7f, 1, 2])],
    ['a search result for a bind', Buffer.from(BIND_OK.with(5, 0x65))],
  ])('%s', async (_name, answer) => {
    const server = await scriptedServer('', () => answer);
    const seen = await runCheck(ldap, { target: `ldap://127.0.0.1:${server.port}` });
    await server.stop();
    expect(seen.failure).toEqual({ code: 'wrong-protocol' });
  });
});

test.each([
  [
    'a filter that is none',
    { search: { filter: '(uid=' } },
    [expect.stringMatching(/^search\.filter: expected/)],
  ],
  [
    'a search without a base',
    { search: { scope: 'sub' } },
    [expect.stringMatching(/^search: .*needs its base/)],
  ],
  ['a password in the clear', { auth: { user: 'cn=x', password: 'y' } }, [expect.stringMatching(/^auth: /)]],
  ['the root entry', { search: {} }, []],
])('settings: %s', (_name, more, mistakes) => {
  expect(mistakesOf(ldap, { target: 'ldap://directory.example.org', ...more })).toEqual(mistakes);
});

describeBadTargets({
  kind: ldap,
  settings: (port, secret) => ({
    target: `ldap://127.0.0.1:${port}`,
    auth: { user: 'cn=me', password: secret },
    search: { base: 'dc=example', scope: 'sub' },
  }),
  floods: [
    ['with one message of 2 GB', Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), 'x'],
    [
      'with references',
      Buffer.from(BIND_OK),
      Buffer.from([0x30, 0x0a, 0x02, 0x01, 0x03, 0x73, 0x05, 0x04, 0x03, 0x61, 0x62, 0x63]),
    ],
  ],
});
