import { afterEach, describe, expect, test } from 'vitest';
import { environmentSchema, organisationSchema } from '../../src/config/schema.ts';
import { checkDirectory } from '../../src/directory/check-directory.ts';
import { ADMINS, BASE, dnOf, entry, type Slapd, type SlapdOptions, startSlapd } from '../support/slapd.ts';

let slapd: Slapd | undefined;
afterEach(async () => {
  await slapd?.stop();
  slapd = undefined;
});

const people = [{ login: 'mira', mails: ['mira@example.org'], password: 'old lanterns over water' }];
const admins = entry(ADMINS, { objectClass: 'groupOfNames', cn: 'admins', member: dnOf('mira') });

async function checked(
  options: SlapdOptions,
  told: { readonly directory?: object; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly good: string; readonly bad: string }> {
  slapd = await startSlapd({ people, ldif: admins, ...options });
  const env = environmentSchema.parse({
    LDAP_URL: slapd.url,
    LDAP_BIND_DN: slapd.service.dn,
    LDAP_BIND_PASSWORD: slapd.service.password,
    LDAP_BASE_DN: BASE,
    ...told.env,
  });
  const org = organisationSchema.parse({
    organisation: { name: { en: 'Example' } },
    directory: { privilegedGroups: [ADMINS], ...told.directory },
  });
  const before = await slapd.read(dnOf('mira'));
  const lines = await checkDirectory({ env, org, root: '.' });
  expect(await slapd.read(dnOf('mira')), 'looking must not change anything').toEqual(before);
  const texts = (ok: boolean): string =>
    lines.flatMap((line) => (line.ok === ok ? [line.text] : [])).join('\n');
  return { good: texts(true), bad: texts(false) };
}

describe('firstline doctor and the directory', () => {
  test('finds nothing wrong with an account that may do what it must and no more', async () => {
    const { good, bad } = await checked({});
    expect(bad).toBe('');
    expect(good).toContain('may set passwords, and the password policy holds for it');
    expect(good).toContain(`${ADMINS} is protected`);
  });

  test('refuses an account with "manage" rights', async () => {
    const { bad } = await checked({ rights: 'manage' });
    expect(bad).toContain('stands above the password policy');
    expect(bad).toContain('may read the stored passwords');
  });

  test('refuses the root of the database', async () => {
    const { bad } = await checked(
      {},
      { env: { LDAP_BIND_DN: `cn=root,${BASE}`, LDAP_BIND_PASSWORD: 'root of the test server' } },
    );
    expect(bad).toContain('stands above the password policy');
  });

  test('refuses an account that may rewrite mail addresses', async () => {
    expect((await checked({ rights: 'write-all' })).bad).toContain('may change mail');
  });

  test('says what an account that may only read lacks', async () => {
    const { bad } = await checked({ rights: 'read-only' });
    expect(bad).toContain('may not write userPassword');
    expect(bad).toContain('may not write pwdAccountLockedTime');
    expect(bad).toContain('may not write pwdReset');
  });

  test('refuses a protected group that is not there', async () => {
    const { bad } = await checked({}, { directory: { privilegedGroups: [`cn=bosses,ou=groups,${BASE}`] } });
    expect(bad).toContain('cn=bosses');
  });

  test('says when nobody is found', async () => {
    const { bad } = await checked(
      {},
      { directory: { people: { filter: '(objectClass=person)', base: 'ou=x,dc=y' } } },
    );
    expect(bad).toContain('nobody matches');
  });

  test.each([
    ['a wrong password of the account', { LDAP_BIND_PASSWORD: 'not it' }, 'refuses LDAP_BIND_DN'],
    ['nobody there', { LDAP_URL: 'ldap://127.0.0.1:1' }, 'cannot be used: unreachable'],
  ])('says when there is %s', async (_name, env, expected) => {
    expect((await checked({}, { env })).bad).toContain(expected);
  });

  test('warns of passwords in the clear', async () => {
    const { bad } = await checked(
      {},
      {
        env: { LDAP_URL: 'ldap://directory.firstline.invalid' },
        directory: { startTls: 'never' },
      },
    );
    expect(bad).toContain('in the clear');
  });

  test('without LDAP_URL there is nothing to look at', async () => {
    const env = environmentSchema.parse({});
    const org = organisationSchema.parse({ organisation: { name: { en: 'Example' } } });
    expect(await checkDirectory({ env, org, root: '.' })).toEqual([
      { ok: true, text: "the portal's own accounts (no LDAP_URL)" },
    ]);
  });

  test('half a configuration is said, not guessed', async () => {
    const env = environmentSchema.parse({ LDAP_URL: 'ldap://127.0.0.1' });
    const org = organisationSchema.parse({ organisation: { name: { en: 'Example' } } });
    const [line] = await checkDirectory({ env, org, root: '.' });
    expect(line).toMatchObject({ ok: false, text: expect.stringContaining('LDAP_BIND_DN') });
  });
});
