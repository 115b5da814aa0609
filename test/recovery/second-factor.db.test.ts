import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, GOOD, openBench } from './recovery-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  bench.factors.set('alex', '123456');
});
afterEach(() => bench.remove());

const IP = '192.0.2.9';
async function proved(): Promise<string> {
  const { cookie, code } = await bench.ask('alex');
  await bench.recovery.proveByCode(cookie, code, IP);
  return cookie;
}

describe('who has a second factor (ASVS 6.4.3)', () => {
  test('needs it besides the mail', async () => {
    const cookie = await proved();
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'factor', purpose: 'reset' });
    await bench.recovery.proveFactor(cookie, '123456', IP);
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'password', login: 'alex' });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('cannot skip it, neither for the password nor for unlocking, neither by code nor by link', async () => {
    const cookie = await proved();
    const { token } = await bench.ask('alex', { purpose: 'unlock' });
    const other = (await bench.recovery.proveByToken(token, IP)).cookie;
    for (const each of [cookie, other]) {
      const refused = { code: 'recovery.factor-required' };
      await expect(bench.recovery.setPassword(each, GOOD)).rejects.toMatchObject(refused);
      await expect(bench.recovery.unlock(each)).rejects.toMatchObject(refused);
    }
  });

  test('cannot use a code a second time', async () => {
    const cookie = await proved();
    await bench.recovery.proveFactor(cookie, '123456', IP);
    const again = await proved();
    await expect(bench.recovery.proveFactor(again, '123456', IP)).rejects.toMatchObject({
      code: 'recovery.factor-wrong',
    });
  });

  test('can be guessed at five times in a quarter of an hour, also side by side and from many addresses', async () => {
    const cookie = await proved();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        bench.recovery.proveFactor(cookie, String(200_000 + n), `198.51.100.${n}`).then(
          () => 'ok',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(results.filter((result) => result === 'recovery.factor-wrong')).toHaveLength(5);
    expect(results.filter((result) => result === 'recovery.too-many')).toHaveLength(15);
  });

  test('gives nothing to somebody who proved nothing', async () => {
    const { cookie } = await bench.ask('alex');
    for (const each of [undefined, cookie]) {
      await expect(bench.recovery.proveFactor(each, '123456', IP)).rejects.toMatchObject({
        code: 'recovery.no-proof',
      });
    }
  });
});
