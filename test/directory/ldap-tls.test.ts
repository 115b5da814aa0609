import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentSchema, organisationSchema } from '../../src/config/schema.ts';
import { ldapSettings } from '../../src/directory/backends/ldap/settings.ts';
import { BASE, dnOf, type Slapd, startSlapd } from '../support/slapd.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { directoryOn } from './ldap-under-test.ts';

const PASSWORD = 'old lanterns over water';
const id = dnOf('mira');
let slapd: Slapd;
let bare: Slapd;
let ca: string;

beforeAll(async () => {
  const people = [{ login: 'mira', password: PASSWORD }];
  [slapd, bare] = await Promise.all([startSlapd({ tls: true, people }), startSlapd({ people })]);
  ca = readFileSync(slapd.caFile, 'utf8');
});
afterAll(async () => {
  await Promise.all([slapd.stop(), bare.stop()]);
});

const through = async <T>(target: string, work: (proxy: TcpProxy) => Promise<T>): Promise<T> => {
  const proxy = await startTcpProxy(Number(new URL(target).port));
  try {
    return await work(proxy);
  } finally {
    await proxy.stop();
  }
};

describe.each([
  ['ldaps', () => slapd.secureUrl, false],
  ['STARTTLS', () => slapd.url, true],
] as const)('%s', (_name, url, startTls) => {
  test('finds, sets and checks passwords, and nothing of it can be read on the way', async () => {
    await through(url(), async (proxy) => {
      const scheme = startTls ? 'ldap' : 'ldaps';
      const directory = directoryOn(
        { ...slapd, url: `${scheme}://127.0.0.1:${proxy.port}` },
        { ca, startTls },
      );
      expect(await directory.find('mira')).toHaveLength(1);
      const next = startTls ? 'a new one by starttls' : 'a new one by ldaps';
      expect(await directory.setPassword(id, next)).toEqual({ outcome: 'applied' });
      expect(await directory.verifyPassword(id, next)).toBe('ok');
      expect(await directory.verifyPassword(id, 'wrong')).toBe('wrong');
      expect(proxy.sent().length).toBeGreaterThan(500);
      for (const secret of [next, slapd.service.password, 'mira'])
        expect(proxy.sent().includes(secret)).toBe(false);
    });
  });

  test('a certificate that nobody vouches for is refused before a password is sent', async () => {
    const directory = directoryOn({ ...slapd, url: url() }, { startTls });
    await expect(directory.find('mira')).rejects.toThrow('certificate');
    expect(await directory.verifyPassword(id, PASSWORD)).toBe('unavailable');
    expect(await directory.setPassword(id, 'never sent anywhere')).toEqual({
      outcome: 'failed',
      code: 'certificate',
    });
  });

  test('a certificate for another name is refused', async () => {
    // 127.0.0.2 is this machine too, but not in the certificate.
    const other = url().replace('127.0.0.1', '127.0.0.2');
    const proxy = await startTcpProxy(Number(new URL(url()).port), '127.0.0.2');
    try {
      const directory = directoryOn(
        { ...slapd, url: other.replace(/:\d+$/, `:${proxy.port}`) },
        { ca, startTls },
      );
      await expect(directory.find('mira')).rejects.toThrow('certificate');
    } finally {
      await proxy.stop();
    }
  });

  test('a handshake that never ends is given up', async () => {
    await through(url(), async (proxy) => {
      let pieces = 0;
      // The answer to STARTTLS still gets through.
      proxy.watch((_piece, from) => from === 'client' || pieces++ < (startTls ? 1 : 0));
      const scheme = startTls ? 'ldap' : 'ldaps';
      const directory = directoryOn(
        { ...slapd, url: `${scheme}://127.0.0.1:${proxy.port}` },
        { ca, startTls, timeoutMs: 300 },
      );
      const begun = performance.now();
      await expect(directory.find('mira')).rejects.toThrow(/timed-out|unreachable/);
      expect(performance.now() - begun).toBeLessThan(2_000);
    });
  });
});

describe('STARTTLS stripped or not offered', () => {
  test('nothing is sent in the clear instead', async () => {
    await through(bare.url, async (proxy) => {
      const directory = directoryOn(
        { ...bare, url: `ldap://127.0.0.1:${proxy.port}` },
        { ca, startTls: true },
      );
      await expect(directory.find('mira')).rejects.toThrow();
      expect(await directory.verifyPassword(id, PASSWORD)).toBe('unavailable');
      expect(await directory.setPassword(id, 'never sent anywhere')).toMatchObject({ outcome: 'failed' });
      for (const secret of [PASSWORD, 'never sent anywhere', bare.service.password])
        expect(proxy.sent().includes(secret)).toBe(false);
    });
  });
});

describe('which connections are encrypted', () => {
  const settings = (url: string, directory: object = {}) =>
    ldapSettings({
      env: environmentSchema.parse({
        LDAP_URL: url,
        LDAP_BIND_DN: slapd.service.dn,
        LDAP_BIND_PASSWORD: slapd.service.password,
        LDAP_BASE_DN: BASE,
      }),
      org: organisationSchema.parse({ organisation: { name: { en: 'Example' } }, directory }),
      root: '/',
    });

  test.each([
    ['ldap://directory.example.org', undefined, true],
    ['ldap://192.0.2.7:1389', undefined, true],
    ['ldap://127.0.0.1.example.org', undefined, true],
    ['ldap://localhost', undefined, false],
    ['ldap://127.0.0.1:389', undefined, false],
    ['ldap://[::1]', undefined, false],
    ['ldap://localhost', 'always', true],
    ['ldap://directory.example.org', 'never', false],
    ['ldaps://directory.example.org', undefined, false],
  ])('%s with %s: STARTTLS %s', (url, startTls, expected) => {
    expect(settings(url, startTls ? { startTls } : {}).startTls).toBe(expected);
  });

  test('the authority comes from the file that is named, and a missing one is said', () => {
    expect(settings('ldap://localhost', { caFile: slapd.caFile }).ca).toBe(ca);
    expect(() => settings('ldap://localhost', { caFile: 'no/such/file.pem' })).toThrow(/caFile/);
  });
});
