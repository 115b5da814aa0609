import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Directory } from '../../src/directory/contract.ts';
import { directoryOn } from '../directory/ldap-under-test.ts';
import { ADMINS, dnOf, entry, type Slapd, startSlapd } from '../support/slapd.ts';
import { type Bench, GOOD, openBench } from './recovery-bench.ts';

const OLD = 'old lanterns over water';
const IP = '192.0.2.9';
const MIRA = dnOf('mira');

let slapd: Slapd;
let directory: Directory;
let bench: Bench;

beforeEach(async () => {
  slapd = await startSlapd({
    people: [
      { login: 'mira', name: 'Mira Testova', mails: ['mira@example.org'], password: OLD },
      { login: 'root', name: 'Robin Mighty', mails: ['root@example.org'], password: OLD },
      { login: 'lola', mails: ['lola@example.org'], also: { pwdAccountLockedTime: '000001010000Z' } },
      { login: 'a*b(c)', mails: ['odd@example.org'] },
    ],
    ldif: entry(ADMINS, { objectClass: 'groupOfNames', cn: 'admins', member: dnOf('root') }),
  });
  directory = directoryOn(slapd, { timeoutMs: 500, privilegedGroups: [ADMINS] });
  bench = await openBench({}, directory);
});
afterEach(async () => {
  await bench.remove();
  await slapd.stop();
});

async function proved(login = 'mira'): Promise<string> {
  const { cookie, code } = await bench.ask(login);
  await bench.recovery.proveByCode(cookie, code, IP);
  return cookie;
}

/** How often the directory itself says that a password was set after the first one. */
async function changes(): Promise<number> {
  const found = await slapd.read(MIRA);
  return [found?.pwdHistory ?? []].flat().length;
}

async function aMinute(): Promise<void> {
  for (let second = 0; second < 60; second += 5) {
    bench.clock.advance(5_000);
    await bench.jobs.drain();
  }
}

describe('recovery on a real OpenLDAP', () => {
  test('sets the password, signs in with it as proof, and the old one is gone', async () => {
    const cookie = await proved();
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
    expect(await directory.verifyPassword(MIRA, GOOD)).toBe('ok');
    expect(await directory.verifyPassword(MIRA, OLD)).toBe('wrong');
    expect(await changes()).toBe(1);
  });

  test('20 parallel uses of one link and 20 parallel new passwords: one change in its own history', async () => {
    const { token } = await bench.ask('mira');
    const proofs = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => bench.recovery.proveByToken(token, `198.51.100.${n}`)),
    );
    const won = proofs.flatMap((proof) => (proof.status === 'fulfilled' ? [proof.value.cookie] : []));
    expect(won).toHaveLength(1);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => bench.recovery.setPassword(won[0], `${GOOD} ${n}`)),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await changes()).toBe(1);
  });

  test.each([
    ['in its history', {}, OLD, 'in-history'],
    ['shorter than its policy wants', { pwdMinLength: ['40'] }, GOOD, 'too-short'],
  ])(
    'a password %s is refused with the reason, and never shown as success',
    async (_what, policy, password, reason) => {
      if (Object.keys(policy).length > 0)
        await slapd.write(`cn=standard,ou=policies,dc=example,dc=org`, policy);
      const cookie = await proved();
      expect(await bench.recovery.setPassword(cookie, password)).toMatchObject({
        outcome: 'refused',
        reason,
      });
      expect(await directory.verifyPassword(MIRA, OLD)).toBe('ok');
      expect(bench.mails).toHaveLength(1);
    },
  );

  test('hangs (SIGSTOP) while the password is set, and carries it out when it wakes: found out in a minute', async () => {
    const cookie = await proved();
    bench.interpose({
      setPassword: (id, password) => {
        slapd.pause();
        return directory.setPassword(id, password);
      },
    });
    const result = await bench.recovery.setPassword(cookie, GOOD);
    expect(['unknown', 'failed']).toContain(result.outcome);
    slapd.resume();
    bench.interpose({});
    await aMinute();
    const isApplied = (await directory.verifyPassword(MIRA, GOOD)) === 'ok';
    const at = await bench.recovery.look(cookie);
    expect(at.step).toBe(isApplied ? 'done' : 'password');
    if (!isApplied) expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('is killed before the password is set: nothing changed, and the same proof works when it is back', async () => {
    const cookie = await proved();
    await slapd.kill();
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'failed' });
    await slapd.start();
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('is killed between setting and proving: found out by its own record when it is back', async () => {
    const cookie = await proved();
    bench.interpose({
      verifyPassword: async (id, password) => {
        await slapd.kill();
        return await directory.verifyPassword(id, password);
      },
    });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'unknown' });
    await aMinute();
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'working' });
    await slapd.start();
    bench.interpose({});
    await aMinute();
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'done' });
    expect(await directory.verifyPassword(MIRA, GOOD)).toBe('ok');
    expect(await changes()).toBe(1);
  });

  test('is away while the mail is written: the mail comes when it is back', async () => {
    await slapd.kill();
    await bench.recovery.ask({ identifier: 'mira', lang: 'en', ip: IP });
    await bench.jobs.drain();
    expect(bench.mails).toEqual([]);
    await slapd.start();
    await aMinute();
    expect(bench.mails.map((mail) => mail.to)).toEqual(['mira@example.org']);
  });

  test('an account that an admin locked is never revived, neither before the mail nor after it', async () => {
    expect((await bench.ask('lola')).mail).toBeUndefined();
    const cookie = await proved();
    await slapd.write(MIRA, { pwdAccountLockedTime: ['000001010000Z'] });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toMatchObject({ outcome: 'handed-over' });
    expect((await slapd.read(MIRA))?.pwdAccountLockedTime).toBe('000001010000Z');
  });

  test('members of a privileged group are left to people', async () => {
    expect((await bench.ask('root')).mail).toBeUndefined();
    expect((await bench.tickets()).map((ticket) => ticket.cause)).toEqual(['recovery.privileged']);
  });

  test('unlocks after wrong passwords, and the password stays', async () => {
    for (let n = 0; n < 11; n++) await directory.verifyPassword(MIRA, 'a wrong password');
    expect(await directory.verifyPassword(MIRA, OLD)).toBe('locked');
    const { cookie, code } = await bench.ask('mira', { purpose: 'unlock' });
    await bench.recovery.proveByCode(cookie, code, IP);
    expect(await bench.recovery.unlock(cookie)).toEqual({ outcome: 'done' });
    expect(await directory.verifyPassword(MIRA, OLD)).toBe('ok');
  });

  test.each([
    '*',
    'm*',
    'mira)(uid=*',
    '*)(|(uid=*',
    'mira,ou=people',
    'uid=mira',
    '\\6dira',
    '(objectClass=*)',
  ])('the hostile name %j reaches nobody', async (identifier) => {
    expect((await bench.ask(identifier)).mail).toBeUndefined();
  });

  test('who is really called a*b(c) gets the mail', async () => {
    expect((await bench.ask('a*b(c)')).mail?.to).toBe('odd@example.org');
  });
});
