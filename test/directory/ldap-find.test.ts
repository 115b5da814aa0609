import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Directory } from '../../src/directory/contract.ts';
import { foldName } from '../../src/directory/fold-name.ts';
import { ADMINS, BASE, dnOf, entry, PEOPLE, type Slapd, startSlapd } from '../support/slapd.ts';
import { directoryOn } from './ldap-under-test.ts';

const LOGINS = ['mira', 'a*b(c)', 'back\\slash', 'x, y', 'plus+one', 'سارا', 'анна', 'tariq', 'zoë'];
let slapd: Slapd;
let directory: Directory;

beforeAll(async () => {
  slapd = await startSlapd({
    people: [
      ...LOGINS.map((login) => ({ login, password: 'old lanterns over water' })),
      { login: 'lang1', also: { preferredLanguage: 'de, ru-RU;q=0.4, fa;q=0.9' } },
      { login: 'twofold', mails: ['twofold@example.org', 'Twofold@Example.org', 'second@example.org'] },
      { login: 'shown', also: { displayName: 'Shown Name' } },
      { login: 'hostile', mails: ['a@example.org,b@example.net', 'good@example.org'] },
      ...[1, 2, 3, 4, 5].map((n) => ({ login: `many${n}`, mails: ['many@example.org'] })),
      { login: 'loginlike', mails: ['mira'] },
    ],
    ldif: [
      entry(`cn=elsewhere,ou=people,${BASE}`, {
        objectClass: ['referral', 'extensibleObject'],
        cn: 'elsewhere',
        ref: 'ldap://192.0.2.1/dc=elsewhere,dc=org',
      }),
      entry(`cn=robot,${PEOPLE}`, { objectClass: ['device', 'uidObject'], cn: 'robot', uid: 'robot' }),
      entry(ADMINS, { objectClass: 'groupOfNames', cn: 'admins', member: dnOf('tariq') }),
    ].join('\n'),
  });
  directory = directoryOn(slapd);
});
afterAll(() => slapd.stop());

const logins = async (identifier: string): Promise<readonly string[]> =>
  (await directory.find(identifier)).map(({ login }) => login);

describe('LDAP filter injection', () => {
  test.each(LOGINS.filter((login) => login !== 'mira'))(
    'finds exactly %s, and takes their password',
    async (login) => {
      const found = await directory.find(login);
      expect(found.map((person) => person.login)).toEqual([login]);
      const id = found[0]?.id ?? '';
      expect((await directory.byId(id))?.login).toBe(login);
      expect(await directory.verifyPassword(id, 'old lanterns over water')).toBe('ok');
    },
  );

  test.each([
    '*',
    'mir*',
    '*ira',
    'mira)(uid=*',
    '*)(uid=*))(|(uid=*',
    'mira)(|(objectClass=*',
    'mira\\00',
    'mira\0',
    '\\6d\\69\\72\\61',
    'mira)(&(userPassword=*)',
    '(uid=mira)',
    'uid=mira',
    'a\\2ab\\28c\\29',
    'a*b(c',
    'back\\5cslash',
  ])('%j finds nobody', async (hostile) => {
    expect(await logins(hostile)).toEqual([]);
  });

  test('whatever is typed, only who is called that is found', async () => {
    const piece = fc.constantFrom(
      ...LOGINS,
      '*',
      '(',
      ')',
      '\\',
      '\\2a',
      '|',
      '&',
      '=',
      '\0',
      '~',
      'uid',
      ' ',
      'é',
    );
    const typed = fc.oneof(
      fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('')),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(typed, async (identifier) => {
        for (const login of await logins(identifier)) {
          // One person has the login of another as a mail address, and is rightly found by it.
          const called = login === 'loginlike' ? 'mira' : login;
          expect(foldName(called)).toBe(foldName(identifier));
        }
      }),
      { numRuns: 150, examples: [['a*b(c)'], ['x, y']] },
    );
  });
});

describe('LDAP DN injection', () => {
  test.each([
    dnOf('mira'),
    `mira,${PEOPLE}`,
    `mira,ou=people`,
    'x,y',
    `*,${PEOPLE}`,
    'mira+uid=tariq',
    'mira#',
    '"mira"',
  ])('%j as a name finds nobody', async (hostile) => {
    expect(await logins(hostile)).toEqual([]);
  });

  test.each([
    '',
    '=',
    'mira',
    'cn=Subschema',
    BASE,
    `cn=root,${BASE}`,
    'uid=mira,ou=people',
    'cn=config',
    ' = ',
  ])('%j as an id is nobody, and nothing happens to it', async (id) => {
    expect(await directory.byId(id)).toBeUndefined();
    expect(await directory.setPassword(id, 'nobody will ever use this')).toMatchObject({
      outcome: 'failed',
      code: 'no-such-person',
    });
    expect(await directory.unlock(id)).toMatchObject({ outcome: 'failed', code: 'no-such-person' });
    expect(await directory.verifyPassword(id, 'root of the test server')).toBe('wrong');
  });

  test('the account of the portal and its groups are no people', async () => {
    for (const dn of [slapd.service.dn, ADMINS]) expect(await directory.byId(dn)).toBeUndefined();
    expect(await directory.verifyPassword(slapd.service.dn, slapd.service.password)).toBe('wrong');
    expect(await logins('robot')).toEqual([]);
    expect(await logins('firstline')).toEqual([]);
  });
});

describe('finding people in LDAP', () => {
  test('a login that is somebody else’s mail is two people, not one', async () => {
    expect([...(await logins('mira'))].sort()).toEqual(['loginlike', 'mira']);
  });

  test('a shared mail is several people; more than three are not even sent', async () => {
    expect((await logins('many@example.org')).length).toBe(3);
  });

  test('spelling does not matter where the directory folds it, and look-alikes are others', async () => {
    for (const spelling of ['TARIQ', ' tariq', 'ｔａｒｉｑ', 'tariq  '])
      expect(await logins(spelling)).toEqual(['tariq']);
    expect(await logins('zoe\u0308')).toEqual(['zoë']);
    for (const other of ['tаriq', 'tar\u00adiq', '\u200ftariq', 'zoe', 'tari\u200bq'])
      expect(await logins(other), JSON.stringify(other)).toEqual([]);
  });

  test('tells language, name and each address once', async () => {
    expect((await directory.find('lang1'))[0]?.lang).toBe('fa');
    expect((await directory.find('tariq'))[0]?.lang).toBeUndefined();
    expect((await directory.find('shown'))[0]?.name).toBe('Shown Name');
    const [twofold] = await directory.find('twofold');
    expect(twofold?.mails).toContain('second@example.org');
    expect(new Set(twofold?.mails.map((mail) => mail.toLowerCase())).size).toBe(twofold?.mails.length);
  });

  test('a value that a mail server could take for two addresses is none', async () => {
    expect((await directory.find('hostile'))[0]?.mails).toEqual(['good@example.org']);
  });

  test('referrals are never followed', async () => {
    // Every search below `base` brings the referral entry along; the person is found all the same, and quickly.
    const begun = performance.now();
    expect(await logins('tariq')).toEqual(['tariq']);
    expect(await directory.byId(`uid=x,cn=elsewhere,ou=people,${BASE}`)).toBeUndefined();
    expect(
      await directory.setPassword(`uid=x,cn=elsewhere,ou=people,${BASE}`, 'far away and gone'),
    ).toMatchObject({
      outcome: 'failed',
    });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  test('an identifier of 100,000 letters is not even asked for', async () => {
    expect(await logins('x'.repeat(100_000))).toEqual([]);
  });
});
