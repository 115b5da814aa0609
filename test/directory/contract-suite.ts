import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Directory, DirectoryPerson } from '../../src/directory/contract.ts';

/** A backend with these people in it; `clean` ends what it needed. */
export interface DirectoryUnderTest {
  readonly directory: Directory;
  clean(): Promise<void>;
}

/** The people that every backend under test is filled with. Nobody but `known` has a password. */
export const TEST_PEOPLE = {
  known: {
    login: 'mira',
    name: 'Mira Testova',
    mails: ['mira@example.org'],
    password: 'old lanterns over water',
  },
  fresh: { login: 'tariq', name: 'Tariq Probe', mails: ['tariq@example.org', 'tariq.second@example.org'] },
  odd: { login: 'a*b(c)', name: 'Odd Name', mails: ['odd@example.org'] },
  shared1: { login: 'pat', name: 'Pat One', mails: ['shared@example.org'] },
  shared2: { login: 'kim', name: 'Kim Two', mails: ['shared@example.org'] },
  disabled: { login: 'dora', name: 'Dora Gone', mails: ['dora@example.org'] },
  adminLocked: { login: 'lola', name: 'Lola Locked', mails: ['lola@example.org'] },
  noMail: { login: 'noel', name: 'Noel Mailless', mails: [] },
} as const;

export function directoryContract(start: () => Promise<DirectoryUnderTest>): void {
  let running: DirectoryUnderTest;
  let directory: Directory;
  beforeAll(async () => {
    running = await start();
    directory = running.directory;
  });
  afterAll(() => running.clean());

  const one = async (login: string): Promise<DirectoryPerson> => {
    const found = await directory.find(login);
    expect(found, login).toHaveLength(1);
    return found[0] as DirectoryPerson;
  };

  describe('finding', () => {
    test('by login and by every mail address, with what recovery needs to know', async () => {
      const person = await one('tariq');
      expect(person).toMatchObject({ login: 'tariq', name: 'Tariq Probe', disabled: false, locked: false });
      expect([...person.mails].sort()).toEqual(['tariq.second@example.org', 'tariq@example.org']);
      expect((await one('tariq.second@example.org')).id).toBe(person.id);
      expect((await directory.byId(person.id))?.login).toBe('tariq');
    });

    test('spelling variants find the same person', async () => {
      const { id } = await one('mira');
      for (const variant of ['MIRA', ' mira ', 'ｍｉｒａ', 'Mira@Example.ORG'])
        expect((await one(variant)).id).toBe(id);
    });

    test('look-alikes find nobody', async () => {
      for (const other of ['mіra', 'mi\u00adra', '\u200fmira', 'mira@example.org.']) {
        expect(await directory.find(other), JSON.stringify(other)).toEqual([]);
      }
    });

    test('a mail address of two people gives two', async () => {
      expect((await directory.find('shared@example.org')).map((p) => p.login).sort()).toEqual(['kim', 'pat']);
    });

    test('filter characters are text: they find exactly the one who is called that, and never more', async () => {
      expect((await one('a*b(c)')).name).toBe('Odd Name');
      for (const hostile of [
        '*',
        'm*',
        'mira)(uid=*',
        '*)(|(uid=*',
        'mira\\2a',
        '(objectClass=*)',
        '\\6dira',
      ]) {
        expect(await directory.find(hostile), hostile).toEqual([]);
      }
    });

    test('nobody, emptiness and enormity find nobody', async () => {
      for (const nobody of ['nobody', '', ' ', 'x'.repeat(256)])
        expect(await directory.find(nobody)).toEqual([]);
      expect(await directory.byId('no-such-id')).toBeUndefined();
    });

    test('tells disabled and admin-locked accounts and missing mail', async () => {
      expect((await one('dora')).disabled).toBe(true);
      expect(await one('lola')).toMatchObject({ locked: true, lockedByAdmin: true });
      expect((await one('noel')).mails).toEqual([]);
    });
  });

  describe('passwords', () => {
    test('the right one is ok, others are wrong, also for nobody', async () => {
      const { id } = await one('mira');
      expect(await directory.verifyPassword(id, TEST_PEOPLE.known.password)).toBe('ok');
      expect(await directory.verifyPassword(id, 'something else entirely')).toBe('wrong');
      expect(await directory.verifyPassword(id, '')).toBe('wrong');
      expect(await directory.verifyPassword(undefined, TEST_PEOPLE.known.password)).toBe('wrong');
    });

    test('a new one works, the old one no longer, and the moment of the change moves on', async () => {
      const { id, passwordChangedAt: before = 0 } = await one('mira');
      expect(await directory.setPassword(id, 'green bicycles in autumn')).toEqual({ outcome: 'applied' });
      expect(await directory.verifyPassword(id, 'green bicycles in autumn')).toBe('ok');
      expect(await directory.verifyPassword(id, TEST_PEOPLE.known.password)).toBe('wrong');
      expect((await directory.byId(id))?.passwordChangedAt).toBeGreaterThan(before);
    });

    test('in every script, and 256 characters long', async () => {
      const { id } = await one('tariq');
      for (const password of [
        'رمز عبور تازه‌ی بلند',
        'كلمة مرور طويلة جدا',
        'длинный новый пароль',
        `${'💧'.repeat(60)}x`.padEnd(256, 'é'),
      ]) {
        expect(await directory.setPassword(id, password)).toEqual({ outcome: 'applied' });
        expect(await directory.verifyPassword(id, password)).toBe('ok');
        expect(await directory.verifyPassword(id, password.slice(0, -1))).toBe('wrong');
      }
    });

    test('one that was used before is refused, and the current one stays', async () => {
      const { id } = await one('a*b(c)');
      await directory.setPassword(id, 'first of two passwords');
      await directory.setPassword(id, 'second of two passwords');
      expect(await directory.setPassword(id, 'first of two passwords')).toMatchObject({
        outcome: 'refused',
        reason: 'in-history',
      });
      expect(await directory.verifyPassword(id, 'second of two passwords')).toBe('ok');
    });

    test('one that is too short is refused', async () => {
      const { id } = await one('pat');
      expect(await directory.setPassword(id, 'short')).toMatchObject({
        outcome: 'refused',
        reason: 'too-short',
      });
    });

    test('disabled and admin-locked accounts are never brought back to life', async () => {
      for (const login of ['dora', 'lola']) {
        const { id } = await one(login);
        expect(await directory.setPassword(id, 'please let me back in')).toMatchObject({
          outcome: 'refused',
          reason: 'not-allowed',
        });
        expect(await directory.unlock(id)).toMatchObject({ outcome: 'refused', reason: 'not-allowed' });
        expect(await directory.verifyPassword(id, 'please let me back in')).not.toBe('ok');
      }
      expect((await one('dora')).disabled).toBe(true);
      expect((await one('lola')).lockedByAdmin).toBe(true);
    });

    test('a person who is gone fails', async () => {
      expect((await directory.setPassword('no-such-id', 'nobody will use this')).outcome).toBe('failed');
      expect((await directory.unlock('no-such-id')).outcome).toBe('failed');
    });
  });

  describe('locking', () => {
    test('many wrong passwords lock, the right one does not open, unlock does', async () => {
      const { id } = await one('kim');
      await directory.setPassword(id, 'kim likes long walks');
      for (let i = 0; i < 10; i++) await directory.verifyPassword(id, `wrong guess number ${i}`);
      expect((await directory.byId(id))?.locked).toBe(true);
      expect((await directory.byId(id))?.lockedByAdmin).toBe(false);
      expect(await directory.verifyPassword(id, 'kim likes long walks')).toBe('locked');
      expect(await directory.unlock(id)).toEqual({ outcome: 'applied' });
      expect((await directory.byId(id))?.locked).toBe(false);
      expect(await directory.verifyPassword(id, 'kim likes long walks')).toBe('ok');
    });
  });
}
