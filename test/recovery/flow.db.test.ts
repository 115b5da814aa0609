import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, GOOD, openBench } from './recovery-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.remove());

const IP = '192.0.2.7';

describe('a person who forgot the password', () => {
  test('types the code, sets a new password, and can sign in with it', async () => {
    const { cookie, mail, code } = await bench.ask('alex');
    expect(mail).toMatchObject({ to: 'alex@example.org', lang: 'en' });
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'code', purpose: 'reset' });
    await bench.recovery.proveByCode(cookie, code, IP);
    expect(await bench.recovery.look(cookie)).toMatchObject({
      step: 'password',
      login: 'alex',
      minLength: 12,
    });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'done', purpose: 'reset', login: 'alex' });
    const { id } = await bench.person('alex');
    expect(await bench.directory.verifyPassword(id, GOOD)).toBe('ok');
  });

  test('opens the link on another device, and the browser that asked can do nothing more', async () => {
    const { cookie, token } = await bench.ask('alex@example.org');
    const proved = await bench.recovery.proveByToken(token, IP);
    expect(proved.cookie).not.toBe(cookie);
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'ask' });
    await expect(bench.recovery.setPassword(cookie, GOOD)).rejects.toMatchObject({
      code: 'recovery.no-proof',
    });
    expect(await bench.recovery.setPassword(proved.cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('gets the mail in their own language, with a link of at most 76 characters', async () => {
    const { mail } = await bench.ask('sara');
    expect(mail?.lang).toBe('fa');
    expect(mail?.html).toContain('dir="rtl"');
    const links = mail?.text.match(/https?:\S+/g) ?? [];
    expect(links).toHaveLength(2);
    expect(links[0]).toMatch(/^http:\/\/localhost:4321\/fa\/r#/);
    for (const link of links) expect(link.length).toBeLessThanOrEqual(76);
  });

  test('hears of it at every address afterwards, and is signed out everywhere', async () => {
    const { cookie, code } = await bench.ask('alex');
    await bench.recovery.proveByCode(cookie, code, IP);
    await bench.recovery.setPassword(cookie, GOOD);
    await bench.jobs.drain();
    const told = bench.mails.slice(1);
    expect(told.map((mail) => mail.to).sort()).toEqual(['alex.home@example.net', 'alex@example.org']);
    for (const mail of told) expect(mail.text).toContain('/recovery/not-me#');
    expect(bench.ended).toEqual(['alex']);
    expect(bench.audits).toContainEqual(
      expect.objectContaining({ action: 'recovery.set-password', subject: 'alex' }),
    );
  });

  test('may type the code as people type: lower case, blanks, other digits, O for 0', async () => {
    const { cookie, code } = await bench.ask('sara');
    const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    await bench.recovery.proveByCode(cookie, typed, IP);
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'password' });
  });

  test('keeps the proof when a password is refused, and is told why', async () => {
    const { cookie, code } = await bench.ask('alex');
    await bench.recovery.proveByCode(cookie, code, IP);
    const refusals: [string, string][] = [
      ['short', 'too-short'],
      ['x'.repeat(257), 'too-long'],
      ['password1234', 'common'],
      ['my name is Sampleton!', 'contains-name'],
      ['with a tab\tin the middle', 'control-characters'],
    ];
    for (const [password, reason] of refusals) {
      expect(await bench.recovery.setPassword(cookie, password), password).toMatchObject({
        outcome: 'refused',
        reason,
      });
    }
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('is told when the password was used before', async () => {
    const { id } = await bench.person('alex');
    await bench.directory.setPassword(id, GOOD);
    const { cookie, code } = await bench.ask('alex');
    await bench.recovery.proveByCode(cookie, code, IP);
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({
      outcome: 'refused',
      reason: 'in-history',
      triesLeft: 9,
    });
    expect(await bench.recovery.setPassword(cookie, `${GOOD} again`)).toEqual({ outcome: 'done' });
  });

  test('unlocks the account and keeps the password', async () => {
    const { id } = await bench.person('alex');
    await bench.directory.setPassword(id, GOOD);
    for (let i = 0; i < 10; i++) await bench.directory.verifyPassword(id, 'a wrong password');
    expect((await bench.person('alex')).locked).toBe(true);
    const { cookie, code, mail } = await bench.ask('alex', { purpose: 'unlock' });
    expect(mail?.subject).toContain('unlock');
    await bench.recovery.proveByCode(cookie, code, IP);
    expect(await bench.recovery.unlock(cookie)).toEqual({ outcome: 'done' });
    expect(await bench.directory.verifyPassword(id, GOOD)).toBe('ok');
    expect(bench.ended).toEqual([]);
  });

  test('who says "this was not me" stops everything for a day and an agent hears of it, once', async () => {
    const first = await bench.ask('alex');
    await bench.recovery.proveByCode(first.cookie, first.code, IP);
    await bench.recovery.report(first.reportToken, IP);
    await bench.recovery.report(first.reportToken, IP);
    await expect(bench.recovery.setPassword(first.cookie, GOOD)).rejects.toMatchObject({
      code: 'recovery.no-proof',
    });
    expect((await bench.ask('alex')).mail).toBeUndefined();
    expect(await bench.tickets()).toMatchObject([{ cause: 'recovery.not-me', priority: 'P1' }]);
    bench.clock.advance(24 * 60 * 60_000 + 1);
    expect((await bench.ask('alex')).mail).toBeDefined();
  });

  test('who finds the password changed by somebody else has all sessions ended', async () => {
    const { cookie, code } = await bench.ask('alex');
    await bench.recovery.proveByCode(cookie, code, IP);
    await bench.recovery.setPassword(cookie, GOOD);
    await bench.jobs.drain();
    const token = /not-me#([\w-]{22})$/m.exec(bench.mails.at(-1)?.text ?? '')?.[1] ?? '';
    await bench.recovery.report(token, IP);
    expect(bench.ended).toEqual(['alex', 'alex']);
  });

  test('who is still stuck gets a ticket, once per request, without learning anything', async () => {
    const { cookie } = await bench.ask('alex');
    const other = await bench.ask('nobody-at-all');
    for (const each of [cookie, cookie, other.cookie]) {
      expect(await bench.recovery.stuck(each, IP)).toBeUndefined();
    }
    expect(await bench.recovery.stuck(undefined, IP)).toBeUndefined();
    const tickets = await bench.tickets();
    expect(tickets.map((ticket) => ticket.cause)).toEqual(['recovery.still-stuck', 'recovery.still-stuck']);
    expect(await bench.recovery.look(cookie)).toEqual(await bench.recovery.look(other.cookie));
  });

  test('a forgotten user name comes by mail, to its own address, and to all accounts that share it', async () => {
    for (const identifier of ['alex@example.org', 'shared@example.org', 'nobody@example.org', 'noel']) {
      expect(await bench.recovery.remindUsername({ identifier, lang: 'en', ip: IP })).toBeUndefined();
    }
    await bench.jobs.drain();
    const got = bench.mails.map((mail) => `${mail.to} ${/^(alex|pat|kim)$/m.exec(mail.text)?.[0]}`);
    expect(got.sort()).toEqual(['alex@example.org alex', 'shared@example.org kim', 'shared@example.org pat']);
  });
});
