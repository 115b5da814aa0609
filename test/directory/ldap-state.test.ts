import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toGeneralizedTime } from '../../src/directory/backends/ldap/times.ts';
import type { Directory, DirectoryPerson } from '../../src/directory/contract.ts';
import { manualClock } from '../support/manual-clock.ts';
import { ADMINS, BASE, dnOf, entry, POLICY, type Slapd, startSlapd } from '../support/slapd.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { directoryOn } from './ldap-under-test.ts';

const OLD = 'old lanterns over water';
const FOR_EVER = '000001010000Z';
const group = (name: string, members: readonly string[]): string =>
  entry(`cn=${name},ou=groups,${BASE}`, { objectClass: 'groupOfNames', cn: name, member: members });

let slapd: Slapd;
let directory: Directory;
beforeAll(async () => {
  const many = [
    'lola',
    'race',
    'unlockrace',
    'plain',
    'boss',
    'deep',
    'posix',
    'spelled',
    'x, y',
    'old',
    'must',
  ];
  slapd = await startSlapd({
    people: [
      ...many.map((login) => ({ login, password: OLD })),
      { login: 'temp', password: OLD, also: { pwdChangedTime: toGeneralizedTime(Date.now()) } },
      { login: 'ended', password: OLD, also: { pwdEndTime: '20200101000000Z' } },
      { login: 'early', password: OLD, also: { pwdStartTime: '20990101000000Z' } },
      { login: 'shadow', password: OLD, also: { shadowExpire: '1' } },
      { login: 'shadowless', password: OLD, also: { shadowExpire: '-1' } },
      { login: 'left', password: OLD, also: { employeeType: 'LEFT' } },
    ],
    policy: { pwdMaxAge: '7776000', pwdMaxFailure: '3' },
    ldif: [
      group('admins', [
        dnOf('boss'),
        `cn=inner,ou=groups,${BASE}`,
        `UID=Spelled, OU=people,${BASE}`,
        dnOf('x, y'),
      ]),
      group('inner', [dnOf('deep'), `cn=admins,ou=groups,${BASE}`]),
      group('others', [dnOf('plain')]),
      entry(`cn=wheel,ou=groups,${BASE}`, {
        objectClass: 'posixGroup',
        cn: 'wheel',
        gidNumber: '10',
        memberUid: ['posix'],
      }),
    ].join('\n'),
  });
  directory = directoryOn(slapd, {
    disabledWhen: [{ attribute: 'employeeType', values: ['left', 'expelled'] }],
    privilegedGroups: [ADMINS, `cn=wheel,ou=groups,${BASE}`],
  });
});
afterAll(() => slapd.stop());

const one = async (login: string): Promise<DirectoryPerson> => {
  const [person] = await directory.find(login);
  if (!person) throw new Error(`${login} is not there`);
  return person;
};

describe('disabled', () => {
  test.each(['ended', 'early', 'shadow', 'left'])(
    '%s: told, never let in, never given a password',
    async (login) => {
      const person = await one(login);
      expect(person.disabled).toBe(true);
      const before = await slapd.read(person.id);
      expect(await directory.setPassword(person.id, 'let me in once more')).toMatchObject({
        outcome: 'refused',
        reason: 'not-allowed',
        code: 'disabled',
      });
      expect(await directory.unlock(person.id)).toMatchObject({ outcome: 'refused', reason: 'not-allowed' });
      expect(await slapd.read(person.id)).toEqual(before);
      expect(await directory.verifyPassword(person.id, OLD)).toBe('disabled');
    },
  );

  test('an account without an end is not', async () => {
    expect(await one('shadowless')).toMatchObject({ disabled: false, locked: false });
  });
});

describe('locked', () => {
  test('by wrong passwords: told, opened by unlock, and a new password opens it too', async () => {
    const { id } = await one('temp');
    const lock = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await directory.verifyPassword(id, 'wrong');
      expect(await directory.byId(id)).toMatchObject({ locked: true, lockedByAdmin: false });
      expect((await slapd.read(id))?.pwdAccountLockedTime).toMatch(/^20/);
    };
    await lock();
    expect(await directory.verifyPassword(id, OLD)).toBe('locked');
    expect(await directory.unlock(id)).toEqual({ outcome: 'applied' });
    expect(await directory.byId(id)).toMatchObject({ locked: false });
    expect(await directory.verifyPassword(id, OLD)).toBe('ok');
    await lock();
    expect(await directory.setPassword(id, 'a green door in june')).toEqual({ outcome: 'applied' });
    expect(await directory.verifyPassword(id, 'a green door in june')).toBe('ok');
  });

  test('a lock that has passed is no lock any more', async () => {
    const lockedAt = Date.UTC(2026, 0, 1);
    const clock = manualClock(lockedAt + 899_000);
    const timed = directoryOn(slapd, { clock });
    await slapd.write(dnOf('old'), { pwdAccountLockedTime: ['20260101000000Z'] });
    expect(await timed.byId(dnOf('old'))).toMatchObject({ locked: true });
    clock.advance(1_000);
    expect(await timed.byId(dnOf('old'))).toMatchObject({ locked: false });
    // Where nobody knows how long it lasts, it counts.
    const blind = directoryOn(slapd, { clock, passwordPolicy: `cn=none,${POLICY}` });
    expect(await blind.byId(dnOf('old'))).toMatchObject({ locked: true, lockedByAdmin: false });
  });

  test('by an admin, for ever: reported, and revived by nothing', async () => {
    const { id } = await one('lola');
    await slapd.write(id, { pwdAccountLockedTime: [FOR_EVER] });
    const before = await slapd.read(id);
    expect(await directory.byId(id)).toMatchObject({ locked: true, lockedByAdmin: true });
    for (let i = 0; i < 3; i++) {
      expect(await directory.setPassword(id, `let me in once more ${i}`)).toMatchObject({
        outcome: 'refused',
        reason: 'not-allowed',
        code: 'locked-by-admin',
      });
      expect(await directory.unlock(id)).toMatchObject({ outcome: 'refused', reason: 'not-allowed' });
    }
    expect(await slapd.read(id)).toEqual(before);
    expect(await directory.verifyPassword(id, OLD)).toBe('locked');
    expect(await directory.verifyPassword(id, 'wrong')).toBe('locked');
  });

  test('an admin who locks at the very moment of an unlock wins', async () => {
    const { id } = await one('unlockrace');
    await slapd.write(id, { pwdAccountLockedTime: ['20260101000000Z'] });
    const proxy = await startTcpProxy(Number(new URL(slapd.url).port));
    try {
      const through = directoryOn({ ...slapd, url: `ldap://127.0.0.1:${proxy.port}` });
      // The unlock was decided and is on its way: now the admin's lock gets there first.
      proxy.watch(async (piece, from) => {
        if (from === 'client' && piece.includes('1.3.6.1.1.12'))
          await slapd.write(id, { pwdAccountLockedTime: [FOR_EVER] });
        return true;
      });
      expect(await through.unlock(id)).toMatchObject({ outcome: 'refused', code: 'locked-by-admin' });
      expect((await slapd.read(id))?.pwdAccountLockedTime).toBe(FOR_EVER);
    } finally {
      await proxy.stop();
    }
  });
});

describe('privileged', () => {
  test.each(['boss', 'deep', 'posix', 'spelled', 'x, y'])('%s is', async (login) => {
    const person = await one(login);
    expect(person.privileged).toBe(true);
    expect((await directory.byId(person.id))?.privileged).toBe(true);
  });

  test('members of other groups are not', async () => {
    expect((await one('plain')).privileged).toBe(false);
  });

  test('who becomes one is one at once when it counts', async () => {
    const { id } = await one('race');
    expect((await directory.byId(id))?.privileged).toBe(false);
    const admins = await slapd.read(ADMINS);
    await slapd.write(ADMINS, { member: [...[admins?.member ?? []].flat().map(String), id] });
    expect((await directory.byId(id))?.privileged).toBe(true);
  });
});

describe('when passwords change and end', () => {
  test('is told by the directory and its policy', async () => {
    const changedAt = Date.UTC(2020, 0, 1);
    expect(await one('plain')).toMatchObject({
      passwordChangedAt: changedAt,
      passwordExpiresAt: changedAt + 90 * 86_400_000,
    });
  });

  test('an expired password is neither right nor wrong', async () => {
    const { id } = await one('plain');
    expect(await directory.verifyPassword(id, OLD)).toBe('expired');
    expect(await directory.verifyPassword(id, 'wrong')).toBe('wrong');
  });
});
