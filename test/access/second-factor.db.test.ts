import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAgent, type Who } from '../../src/lib/who.ts';
import { type AccessUnderTest, from, kept, PASSWORD, startAccess, totp } from './setup.ts';

let it: AccessUnderTest;
beforeEach(async () => {
  it = await startAccess({ sample: false });
});
afterEach(() => it.database.remove());

const visit = (cookies: readonly string[] = []) => from('192.0.2.1', cookies);
const who = (cookies: readonly string[]) => it.access.whoIs(visit(cookies).headers);

async function passwordOf(login: string): Promise<{ outcome: string; cookies: string[] }> {
  const result = await it.access.signIn({ login, password: PASSWORD }, visit());
  return { outcome: result.outcome, cookies: 'cookies' in result ? kept(result.cookies) : [] };
}

/** The code of the next half minute, which is taken too: the one of now was used up by setting it up. */
const next = (key: string): string => totp(key, Date.now() + 30_000);
const ADMIN: Who = {
  kind: 'person',
  id: 'admin',
  login: 'admin',
  name: 'admin',
  email: 'admin@example.org',
  lang: 'en',
  roles: ['admin'],
  teams: [],
};

/** Sets up the second factor of nina; returns her key, her recovery codes and the session it was done in. */
async function enrol(): Promise<{ key: string; recoveryCodes: readonly string[]; cookies: string[] }> {
  const { outcome, cookies } = await passwordOf('nina');
  expect(outcome).toBe('must-enrol');
  const enrolment = await it.access.beginEnrolment(visit(cookies));
  const result = await it.access.confirmEnrolment(totp(enrolment?.key ?? ''), visit(cookies));
  if (!enrolment || result.outcome !== 'signed-in') throw new Error(`not enrolled: ${result.outcome}`);
  return { key: enrolment.key, recoveryCodes: enrolment.recoveryCodes, cookies: kept(result.cookies) };
}

describe('the second factor', () => {
  test('is not asked of people without a role that needs it', async () => {
    const { outcome, cookies } = await passwordOf('alex');
    expect(outcome).toBe('signed-in');
    expect(await it.access.secondFactorNeed(visit(cookies))).toBe('nothing');
    expect(await it.access.beginEnrolment(visit(cookies))).toBeUndefined();
  });

  test('has to be set up at the first sign-in of an agent, who may do nothing before', async () => {
    const { outcome, cookies } = await passwordOf('nina');
    expect(outcome).toBe('must-enrol');
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
    expect(await it.access.secondFactorNeed(visit(cookies))).toBe('enrol');
    const enrolment = await it.access.beginEnrolment(visit(cookies));
    expect(enrolment?.uri).toMatch(
      /^otpauth:\/\/totp\/Firstline:nina%40example\.org\?secret=[A-Z2-7]+&issuer=Firstline/,
    );
    expect(enrolment?.qr).toMatch(/^<svg/);
    expect(enrolment?.recoveryCodes).toHaveLength(10);
    expect(await it.access.confirmEnrolment('000000', visit(cookies))).toEqual({ outcome: 'wrong' });
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
    const shown = await it.access.currentEnrolment(visit(cookies));
    expect(shown).toMatchObject({ key: enrolment?.key, recoveryCodes: [] });
    const result = await it.access.confirmEnrolment(totp(enrolment?.key ?? ''), visit(cookies));
    expect(result).toMatchObject({ outcome: 'signed-in', home: '/desk' });
    const after = 'cookies' in result ? kept(result.cookies) : [];
    expect(isAgent(await who(after))).toBe(true);
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
  });

  test('is asked at every later sign-in, and without it there is no session', async () => {
    const { key } = await enrol();
    const { outcome, cookies } = await passwordOf('nina');
    expect(outcome).toBe('second-factor');
    expect(cookies.some((cookie) => cookie.includes('session_token'))).toBe(false);
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
    expect(await it.access.secondFactorNeed(visit(cookies))).toBe('code');
    expect(await it.access.enterCode('12 34', visit(cookies))).toEqual({ outcome: 'wrong' });
    const result = await it.access.enterCode(next(key), visit(cookies));
    expect(result).toMatchObject({ outcome: 'signed-in', home: '/desk' });
    expect(isAgent(await who('cookies' in result ? kept(result.cookies) : []))).toBe(true);
  });

  test('takes the code with blanks and in Persian digits', async () => {
    const { key } = await enrol();
    const { cookies } = await passwordOf('nina');
    const typed = [...next(key)].map((digit) => String.fromCodePoint(0x6f0 + Number(digit))).join('');
    expect(
      await it.access.enterCode(` ${typed.slice(0, 3)} ${typed.slice(3)} `, visit(cookies)),
    ).toMatchObject({
      outcome: 'signed-in',
    });
  });

  test('takes each code once, also within its half minute', async () => {
    const { key } = await enrol();
    const code = next(key);
    const first = await passwordOf('nina');
    expect(await it.access.enterCode(code, visit(first.cookies))).toMatchObject({ outcome: 'signed-in' });
    const second = await passwordOf('nina');
    expect(await it.access.enterCode(code, visit(second.cookies))).toEqual({ outcome: 'start-again' });
    const sessions = await it.access.sessions(ADMIN);
    expect(sessions.filter(({ login }) => login === 'nina')).toHaveLength(2);
  });

  test('can be replaced by each recovery code, once', async () => {
    const { recoveryCodes } = await enrol();
    const [code = ''] = recoveryCodes;
    const first = await passwordOf('nina');
    expect(await it.access.enterCode(code, visit(first.cookies))).toMatchObject({ outcome: 'signed-in' });
    const second = await passwordOf('nina');
    expect(await it.access.enterCode(code, visit(second.cookies))).toEqual({ outcome: 'wrong' });
    expect(await it.access.enterCode('aaaaa-bbbbb', visit(second.cookies))).toEqual({ outcome: 'wrong' });
  });

  test('cannot be guessed: five tries, then the password again', async () => {
    const { key } = await enrol();
    const { cookies } = await passwordOf('nina');
    for (let n = 0; n < 5; n++) {
      expect(await it.access.enterCode(`00000${n}`, visit(cookies))).toEqual({ outcome: 'wrong' });
    }
    expect(await it.access.enterCode(next(key), visit(cookies))).toEqual({ outcome: 'start-again' });
  });

  test('needs the challenge: a code alone is nothing', async () => {
    const { key } = await enrol();
    expect(await it.access.enterCode(next(key), visit())).toEqual({ outcome: 'start-again' });
    expect(await it.access.enterCode(next(key), visit(['firstline.two_factor=made-up.signature']))).toEqual({
      outcome: 'start-again',
    });
  });

  test('once set up ends the sessions that were opened without it', async () => {
    const early = await passwordOf('nina');
    await enrol();
    expect(await who(early.cookies)).toEqual({ kind: 'anonymous' });
  });

  test('is asked after a one-time link too, when the portal is not in sample mode', async () => {
    const { key } = await enrol();
    const link = await it.access.createLink('nina', 'test');
    const result = await it.access.signInByLink(link?.split('#')[1] ?? '', visit());
    expect(result.outcome).toBe('second-factor');
    const cookies = 'cookies' in result ? kept(result.cookies) : [];
    expect(await it.access.enterCode(next(key), visit(cookies))).toMatchObject({ outcome: 'signed-in' });
  });

  test('holds back a person who gets a role later, until it is set up', async () => {
    const { cookies } = await passwordOf('alex');
    expect(await who(cookies)).toMatchObject({ login: 'alex' });
    await it.access.grant({ kind: 'system', name: 'console' }, 'alex', 'agent-l1');
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
    expect(await it.access.secondFactorNeed(visit(cookies))).toBe('enrol');
  });

  test('that was lost is removed by an admin; the person sets up a new one', async () => {
    const { cookies } = await enrol();
    expect(await it.access.resetSecondFactor({ kind: 'system', name: 'console' }, 'nina')).toBe(true);
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
    expect((await passwordOf('nina')).outcome).toBe('must-enrol');
    expect(await it.access.resetSecondFactor({ kind: 'system', name: 'console' }, 'sara')).toBe(false);
  });
});
