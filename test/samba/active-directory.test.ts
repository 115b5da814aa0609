import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLdap } from '../../src/directory/backends/ldap/check.ts';
import { ad } from '../../src/directory/backends/ldap/flavours/ad.ts';
import type { LdapSettings } from '../../src/directory/backends/ldap/settings.ts';
import type { Directory, DirectoryPerson } from '../../src/directory/contract.ts';
import { directoryOn, settingsFor } from '../directory/ldap-under-test.ts';
import { AD_BASE, type Samba, startSamba } from '../support/samba.ts';

const OLD = 'Old.lanterns.0ver';
const NEW = 'Green.bicycles.0n.سبز';

let samba: Samba;
let directory: Directory;
const settings = (change: Partial<LdapSettings> = {}): Partial<LdapSettings> => ({
  flavour: ad,
  people: ad.people(AD_BASE),
  privilegedGroups: ad.privilegedGroups(AD_BASE),
  ca: samba.ca,
  ...change,
});

beforeAll(async () => {
  const logins = ['mira', 'dora', 'boss', 'deep', 'lock', 'must', 'gone'];
  samba = await startSamba(Object.fromEntries(logins.map((login) => [login, OLD])));
  samba.tool('user', 'disable', 'dora');
  samba.tool('group', 'addmembers', 'Domain Admins', 'boss');
  samba.tool('group', 'add', 'inner');
  samba.tool('group', 'addmembers', 'inner', 'deep');
  samba.tool('group', 'addmembers', 'Domain Admins', 'inner');
  samba.tool('user', 'setpassword', 'must', `--newpassword=${OLD}`, '--must-change-at-next-login');
  directory = directoryOn(samba, settings());
}, 120_000);
afterAll(() => samba.stop());

const one = async (login: string): Promise<DirectoryPerson> => {
  const [person] = await directory.find(login);
  if (!person) throw new Error(`${login} is not there`);
  return person;
};

describe('Active Directory (Samba)', () => {
  test('finds people by login, principal name and mail, and nobody who is only similar', async () => {
    const { id } = await one('mira');
    for (const name of ['MIRA', 'mira@example.org', 'mira@example.test'])
      expect((await one(name)).id).toBe(id);
    for (const other of ['m*', 'mirá', 'mira)(cn=*', 'DC1$', 'krbtgt2'])
      expect(await directory.find(other)).toEqual([]);
    expect(await directory.byId('no-such-id')).toBeUndefined();
  });

  test('sets a password, which works at once and is the only one', async () => {
    const { id, passwordChangedAt = 0 } = await one('mira');
    expect(await directory.verifyPassword(id, OLD)).toBe('ok');
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
    expect(await directory.verifyPassword(id, NEW)).toBe('ok');
    expect(await directory.verifyPassword(id, OLD)).toBe('wrong');
    expect((await directory.byId(id))?.passwordChangedAt).toBeGreaterThan(passwordChangedAt);
  });

  test.each([
    ['too short', 'Sh0rt.', 'too-short'],
    ['too simple', 'aaaaaaaaaaaaaaaaaaaa', 'too-weak'],
  ])('says that a password is %s', async (_name, password, reason) => {
    expect(await directory.setPassword((await one('gone')).id, password)).toMatchObject({
      outcome: 'refused',
      reason,
    });
  });

  test('a lock-out is told, ended by unlock, and by a new password', async () => {
    const { id } = await one('lock');
    const lock = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await directory.verifyPassword(id, `wrong ${i}`);
      expect((await directory.byId(id))?.locked).toBe(true);
      expect(await directory.verifyPassword(id, OLD)).toBe('locked');
    };
    await lock();
    expect(await directory.unlock(id)).toEqual({ outcome: 'applied' });
    expect(await directory.verifyPassword(id, OLD)).toBe('ok');
    await lock();
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
    expect(await directory.verifyPassword(id, NEW)).toBe('ok');
  });

  test('a disabled account is never revived', async () => {
    const { id, disabled } = await one('dora');
    expect(disabled).toBe(true);
    expect(await directory.setPassword(id, NEW)).toMatchObject({ outcome: 'refused', code: 'disabled' });
    expect(await directory.unlock(id)).toMatchObject({ outcome: 'refused', code: 'disabled' });
    expect(await directory.verifyPassword(id, OLD)).toBe('disabled');
  });

  test('administrators are privileged, also through groups in groups', async () => {
    expect((await one('boss')).privileged).toBe(true);
    expect((await one('deep')).privileged).toBe(true);
    expect((await one('mira')).privileged).toBe(false);
  });

  test('what must be changed is neither right nor wrong, until the person has chosen one', async () => {
    const { id } = await one('must');
    expect(await directory.verifyPassword(id, OLD)).toBe('expired');
    expect(await directory.verifyPassword(id, 'wrong')).toBe('wrong');
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
    expect(await directory.verifyPassword(id, NEW)).toBe('ok');
  });

  test('STARTTLS does as well, without encryption nothing works', async () => {
    const { id } = await one('gone');
    const started = directoryOn({ ...samba, url: samba.plainUrl }, settings({ startTls: true }));
    expect(await started.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
    const plain = directoryOn({ ...samba, url: samba.plainUrl }, settings());
    expect(await plain.setPassword(id, 'Never.sent.0n.its.way')).toEqual({
      outcome: 'failed',
      code: 'needs-tls',
    });
  });

  test('an empty password and nobody are wrong', async () => {
    expect(await directory.verifyPassword((await one('gone')).id, '')).toBe('wrong');
    expect(await directory.verifyPassword(undefined, OLD)).toBe('wrong');
  });

  test('doctor likes an account that may only reset passwords, and refuses an administrator', async () => {
    const lines = await checkLdap(settingsFor(samba, settings()));
    expect(lines.filter(({ ok }) => !ok)).toEqual([]);
    const above = await checkLdap(
      settingsFor(samba, {
        ...settings(),
        bindDn: `CN=Administrator,CN=Users,${AD_BASE}`,
        bindPassword: 'Administrator.0f.the.test',
      }),
    );
    expect(above.filter(({ ok }) => !ok).map(({ text }) => text)).toEqual([
      expect.stringContaining('may change mail'),
    ]);
  });
});
