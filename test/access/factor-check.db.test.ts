import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AccessUnderTest, from, kept, PASSWORD, startAccess, totp } from './setup.ts';

let it: AccessUnderTest;
let key: string;
let recoveryCodes: readonly string[];
const visit = (cookies: readonly string[] = []) => from('192.0.2.1', cookies);

beforeEach(async () => {
  it = await startAccess({ sample: false });
  const signedIn = await it.access.signIn({ login: 'nina', password: PASSWORD }, visit());
  const cookies = 'cookies' in signedIn ? kept(signedIn.cookies) : [];
  const enrolment = await it.access.beginEnrolment(visit(cookies));
  key = enrolment?.key ?? '';
  recoveryCodes = enrolment?.recoveryCodes ?? [];
  await it.access.confirmEnrolment(totp(key), visit(cookies));
});
afterEach(() => it.database.remove());

const later = (): string => totp(key, Date.now() + 30_000);

describe('the second factor without a session', () => {
  test('is known of those who set it up, however the name is spelled', async () => {
    expect(await it.access.hasSecondFactor('nina')).toBe(true);
    expect(await it.access.hasSecondFactor(' NINA ')).toBe(true);
    expect(await it.access.hasSecondFactor('alex')).toBe(false);
    expect(await it.access.hasSecondFactor('nobody')).toBe(false);
  });

  test('takes the code of the app, once, here and at sign-in together', async () => {
    const code = later();
    expect(await it.access.checkSecondFactor('nina', code)).toBe(true);
    expect(await it.access.checkSecondFactor('nina', code)).toBe(false);
    const signingIn = await it.access.signIn({ login: 'nina', password: PASSWORD }, visit());
    const cookies = 'cookies' in signingIn ? kept(signingIn.cookies) : [];
    expect((await it.access.enterCode(code, visit(cookies))).outcome).not.toBe('signed-in');
  });

  test('does not take the code it was set up with', async () => {
    expect(await it.access.checkSecondFactor('nina', totp(key))).toBe(false);
  });

  test('takes each saved code once, also when it is used twice at the same time', async () => {
    const [first = '', second = ''] = recoveryCodes;
    const results = await Promise.all([1, 2, 3].map(() => it.access.checkSecondFactor('nina', first)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await it.access.checkSecondFactor('nina', ` ${second} `)).toBe(true);
  });

  test.each(['000000', '12345', '1234567', '', 'AAAAA-AAAAA', '٠٠٠٠٠٠'])('refuses %j', async (code) => {
    expect(await it.access.checkSecondFactor('nina', code)).toBe(false);
    expect(await it.access.checkSecondFactor('alex', code)).toBe(false);
  });
});
