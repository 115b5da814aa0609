import { Client } from 'ldapts';
import { afterEach, describe, expect, test } from 'vitest';
import type { PasswordRefusal } from '../../src/directory/contract.ts';
import { dnOf, type Slapd, type SlapdOptions, startSlapd } from '../support/slapd.ts';
import { directoryOn } from './ldap-under-test.ts';

const OLD = 'old lanterns over water';
const NEW = 'green bicycles in autumn';

let slapd: Slapd;
afterEach(() => slapd.stop());

async function started(options: SlapdOptions = {}): Promise<string> {
  slapd = await startSlapd({ people: [{ login: 'mira', password: OLD }], ...options });
  return dnOf('mira');
}

const bindsWith = async (dn: string, password: string): Promise<boolean> => {
  const client = new Client({ url: slapd.url, timeout: 4_000 });
  try {
    await client.bind(dn, password);
    return true;
  } catch {
    return false;
  } finally {
    await client.unbind();
  }
};

describe('what the policy refuses is told, and changes nothing', () => {
  test.each<[string, SlapdOptions['policy'], string, PasswordRefusal, string]>([
    ['too short', {}, 'short', 'too-short', 'ldap-19-6'],
    ['the current one', {}, OLD, 'in-history', 'ldap-19-8'],
    ['too soon after the last change', { pwdMinAge: '2000000000' }, NEW, 'too-soon', 'ldap-19-7'],
    ['too long', { pwdMaxLength: '20' }, NEW, 'other', 'ldap-19-9'],
  ])('%s', async (_name, policy, password, reason, code) => {
    const id = await started({ policy: policy ?? {} });
    const before = await slapd.read(id);
    expect(await directoryOn(slapd).setPassword(id, password)).toEqual({ outcome: 'refused', reason, code });
    expect(await slapd.read(id)).toEqual(before);
    expect(await bindsWith(id, OLD)).toBe(true);
  });
});

describe('a password that is set', () => {
  test('is the one and only, as a hash, and the directory knows when', async () => {
    const id = await started();
    const directory = directoryOn(slapd);
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
    expect(await bindsWith(id, NEW)).toBe(true);
    expect(await bindsWith(id, OLD)).toBe(false);
    expect(String((await slapd.read(id))?.userPassword)).toMatch(/^\{SSHA\}/);
    const changedAt = (await directory.byId(id))?.passwordChangedAt ?? 0;
    expect(Math.abs(changedAt - Date.now())).toBeLessThan(5_000);
  });

  // slapd marks what an account above the policy sets as "must be changed"; what a plain account sets it does not.
  test.each(['right', 'manage'] as const)(
    'need not be changed again by the person who chose it (%s)',
    async (rights) => {
      const id = await started({ policy: { pwdMustChange: 'TRUE' }, rights });
      await slapd.write(id, { pwdReset: ['TRUE'] });
      expect(await directoryOn(slapd).setPassword(id, NEW)).toEqual({ outcome: 'applied' });
      expect((await slapd.read(id))?.pwdReset ?? []).toEqual([]);
    },
  );

  test('counts as set even where that mark cannot be removed', async () => {
    const id = await started({ policy: { pwdMustChange: 'TRUE' }, rights: 'no-reset' });
    const directory = directoryOn(slapd);
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
    expect((await slapd.read(id))?.pwdReset).toBe('TRUE');
    expect(await directory.verifyPassword(id, NEW)).toBe('ok');
  });

  test('keeps working with the hashes that Debian’s Argon2 module makes', async () => {
    const id = await started({ hash: 'ARGON2' });
    const directory = directoryOn(slapd);
    expect(await directory.verifyPassword(id, OLD)).toBe('ok');
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
    expect(String((await slapd.read(id))?.userPassword)).toMatch(/^\{ARGON2\}/);
    expect(await directory.verifyPassword(id, NEW)).toBe('ok');
    expect(await directory.verifyPassword(id, OLD)).toBe('wrong');
  });
});

describe('an empty password', () => {
  test('is wrong, also where the directory takes it for an anonymous sign-in and says yes', async () => {
    const id = await started({ global: ['allow bind_anon_cred bind_anon_dn'] });
    const client = new Client({ url: slapd.url });
    await expect(client.bind(id, '')).resolves.toBeUndefined();
    await client.unbind();
    expect(await directoryOn(slapd).verifyPassword(id, '')).toBe('wrong');
  });
});

describe('when it cannot be set', () => {
  test('an account without the right says so', async () => {
    const id = await started({ rights: 'read-only' });
    expect(await directoryOn(slapd).setPassword(id, NEW)).toEqual({ outcome: 'failed', code: 'no-rights' });
    expect(await directoryOn(slapd).unlock(id)).toEqual({ outcome: 'failed', code: 'no-rights' });
    expect(await bindsWith(id, OLD)).toBe(true);
  });

  test('a policy that wants the old one says so', async () => {
    const id = await started({ policy: { pwdSafeModify: 'TRUE' } });
    expect(await directoryOn(slapd).setPassword(id, NEW)).toEqual({
      outcome: 'failed',
      code: 'needs-old-password',
    });
  });

  test('a wrong password of the portal’s account is no refusal of the person’s', async () => {
    const id = await started();
    const directory = directoryOn(slapd, { bindPassword: 'not it' });
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'failed', code: 'bind-refused' });
    expect(await directory.verifyPassword(id, OLD)).toBe('unavailable');
    await expect(directory.find('mira')).rejects.toThrow('bind-refused');
  });

  test('a directory that wants encryption says so', async () => {
    const id = await started({ conf: ['security update_tls=128'] });
    expect(await directoryOn(slapd).setPassword(id, NEW)).toEqual({ outcome: 'failed', code: 'needs-tls' });
  });

  test('a read-only replica says so', async () => {
    const id = await started({ conf: ['readonly on'] });
    expect(await directoryOn(slapd).setPassword(id, NEW)).toMatchObject({ outcome: 'failed' });
    expect(await bindsWith(id, OLD)).toBe(true);
  });

  test('a person who goes away in between fails', async () => {
    const id = await started();
    await slapd.remove(id);
    expect(await directoryOn(slapd).setPassword(id, NEW)).toEqual({
      outcome: 'failed',
      code: 'no-such-person',
    });
    expect(await directoryOn(slapd).byId(id)).toBeUndefined();
  });
});

describe('side by side', () => {
  const passwords = Array.from({ length: 6 }, (_, i) => `side by side number ${i}`);

  test('six changes of one person by one portal: one after the other, and the last one holds', async () => {
    const id = await started({ policy: { pwdInHistory: '0' } });
    const directory = directoryOn(slapd);
    const results = await Promise.all(passwords.map((password) => directory.setPassword(id, password)));
    expect(results).toEqual(passwords.map(() => ({ outcome: 'applied' })));
    expect(await bindsWith(id, passwords.at(-1) ?? '')).toBe(true);
  });

  test('six portals at once: every answer is true', async () => {
    const id = await started({ policy: { pwdInHistory: '10' } });
    const results = await Promise.all(
      passwords.map((password) => directoryOn(slapd).setPassword(id, password)),
    );
    const applied = results.filter(({ outcome }) => outcome === 'applied').length;
    for (const result of results)
      expect([{ outcome: 'applied' }, { outcome: 'failed', code: 'busy' }]).toContainEqual(result);
    const kept = [(await slapd.read(id))?.pwdHistory ?? []].flat();
    // The history holds one old password for each that was applied.
    expect(kept).toHaveLength(applied);
    expect(applied).toBeGreaterThan(0);
    const working = await Promise.all(passwords.map((password) => bindsWith(id, password)));
    expect(working.filter(Boolean)).toHaveLength(1);
  });
});
