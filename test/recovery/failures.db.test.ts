import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryUnavailable } from '../../src/directory/contract.ts';
import { PermanentError } from '../../src/jobs/contract.ts';
import { type Bench, GOOD, openBench } from './recovery-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.remove());

const IP = '192.0.2.9';
const down = async (): Promise<never> => {
  throw new DirectoryUnavailable('down');
};

async function proved(): Promise<string> {
  const { cookie, code } = await bench.ask('alex');
  await bench.recovery.proveByCode(cookie, code, IP);
  return cookie;
}

/** Lets time pass with the worker at work, as long as a person may have to wait: a minute. */
async function aMinute(): Promise<void> {
  for (let second = 0; second < 60; second += 5) {
    bench.clock.advance(5_000);
    await bench.jobs.drain();
  }
}

describe('the directory', () => {
  test('that refuses is never shown as success, and the proof is kept for ten tries', async () => {
    const cookie = await proved();
    bench.interpose({ setPassword: async () => ({ outcome: 'refused', reason: 'too-weak' }) });
    for (let left = 9; left >= 0; left--) {
      expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({
        outcome: 'refused',
        reason: 'too-weak',
        triesLeft: left,
      });
    }
    await expect(bench.recovery.setPassword(cookie, GOOD)).rejects.toMatchObject({
      code: 'recovery.too-many-tries',
    });
  });

  test('that says "done" without having done it is not believed: only signing in is proof', async () => {
    const cookie = await proved();
    bench.interpose({ setPassword: async () => ({ outcome: 'applied' }) });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'failed' });
    expect(bench.mails).toHaveLength(1);
  });

  test('that fails three times hands the case to people, with its codes', async () => {
    const cookie = await proved();
    bench.interpose({ setPassword: async () => ({ outcome: 'failed', code: '50' }) });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'failed' });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'failed' });
    const result = await bench.recovery.setPassword(cookie, GOOD);
    expect(result).toMatchObject({ outcome: 'handed-over', ticket: expect.stringMatching(/^FL-\d+$/) });
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'handed-over' });
    const [ticket] = await bench.tickets();
    expect(ticket?.cause).toBe('recovery.directory-failed');
    expect(ticket?.text).toContain('check-directory');
  });

  test('that is down while the mail is written: the mail comes when it is back', async () => {
    bench.interpose({ find: down });
    await bench.recovery.ask({ identifier: 'alex', lang: 'en', ip: IP });
    await bench.jobs.drain();
    expect(bench.mails).toEqual([]);
    bench.interpose({});
    await aMinute();
    expect(bench.mails.map((mail) => mail.to)).toEqual(['alex@example.org']);
  });

  test('that is down when the password is set: nothing has changed, the proof is kept', async () => {
    const cookie = await proved();
    bench.interpose({ byId: down });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'failed' });
    bench.interpose({});
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('that timed out after it had applied: found out within a minute, everybody is told', async () => {
    const cookie = await proved();
    const { id } = await bench.person('alex');
    bench.interpose({
      setPassword: async (_id, password) => {
        await bench.directory.setPassword(id, password);
        return { outcome: 'unknown', code: 'time-out' };
      },
    });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'unknown' });
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'working' });
    await aMinute();
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'done' });
    expect((await bench.row(cookie)).outcome).toBe('reconciled');
    expect(
      bench.mails
        .slice(1)
        .map((mail) => mail.to)
        .sort(),
    ).toEqual(['alex.home@example.net', 'alex@example.org']);
    expect(bench.ended).toEqual(['alex']);
  });

  test('that timed out and did nothing: within a minute the person may try again, with the same proof', async () => {
    const cookie = await proved();
    bench.interpose({ setPassword: async () => ({ outcome: 'unknown', code: 'time-out' }) });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'unknown' });
    await expect(bench.recovery.setPassword(cookie, GOOD)).rejects.toMatchObject({
      code: 'recovery.no-proof',
    });
    bench.interpose({});
    await aMinute();
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'password' });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('that carries out late what it was asked: the second look sees it', async () => {
    const cookie = await proved();
    const { id } = await bench.person('alex');
    bench.interpose({ setPassword: async () => ({ outcome: 'unknown', code: 'time-out' }) });
    await bench.recovery.setPassword(cookie, GOOD);
    bench.clock.advance(15_000);
    await bench.jobs.drain();
    await bench.directory.setPassword(id, GOOD);
    await aMinute();
    expect((await bench.row(cookie)).outcome).toBe('reconciled');
  });

  test('that applied it and died before the proof: found out by its own record', async () => {
    const cookie = await proved();
    bench.interpose({ verifyPassword: async () => 'unavailable' });
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'unknown' });
    bench.interpose({});
    await aMinute();
    expect((await bench.row(cookie)).outcome).toBe('reconciled');
  });

  test('that stays away for a quarter of an hour: a ticket', async () => {
    const cookie = await proved();
    bench.interpose({
      setPassword: async () => ({ outcome: 'unknown', code: 'time-out' }),
      byId: bench.directory.byId,
    });
    await bench.recovery.setPassword(cookie, GOOD);
    bench.interpose({ byId: down });
    for (let minute = 0; minute < 14; minute++) await aMinute();
    expect(await bench.tickets()).toEqual([]);
    for (let minute = 0; minute < 3; minute++) await aMinute();
    expect((await bench.tickets()).map((ticket) => ticket.cause)).toEqual(['recovery.outcome-unknown']);
    expect(await bench.recovery.look(cookie)).toMatchObject({ step: 'handed-over' });
  });
});

describe('the portal itself dies', () => {
  test('between the claim and the directory: nothing was asked, the person goes on', async () => {
    const cookie = await proved();
    bench.interpose({ byId: () => Promise.reject(new Error('killed')) });
    await expect(bench.recovery.setPassword(cookie, GOOD)).rejects.toThrow('killed');
    expect((await bench.row(cookie)).state).toBe('setting');
    bench.interpose({});
    await aMinute();
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('while the directory is at work, which applies it: found out', async () => {
    const cookie = await proved();
    const { id } = await bench.person('alex');
    bench.interpose({
      setPassword: async (_id, password) => {
        await bench.directory.setPassword(id, password);
        throw new Error('killed');
      },
    });
    await expect(bench.recovery.setPassword(cookie, GOOD)).rejects.toThrow('killed');
    await aMinute();
    expect((await bench.row(cookie)).outcome).toBe('reconciled');
    expect(await bench.directory.verifyPassword(id, GOOD)).toBe('ok');
  });

  test('between set and proof: found out, and sessions end', async () => {
    const cookie = await proved();
    bench.interpose({ verifyPassword: () => Promise.reject(new Error('killed')) });
    await expect(bench.recovery.setPassword(cookie, GOOD)).rejects.toThrow('killed');
    expect((await bench.row(cookie)).state).toBe('applied');
    await aMinute();
    expect((await bench.row(cookie)).outcome).toBe('reconciled');
    expect(bench.ended).toEqual(['alex']);
  });

  test('with its lease on the account in hand: the next one gets it when the time is up', async () => {
    const cookie = await proved();
    const { account_id } = await bench.row(cookie);
    const until = bench.clock.now() + 40_000;
    await bench.db.kysely
      .insertInto('recovery_lease')
      .values({ key: `account:${account_id}`, holder: 'dead', until })
      .execute();
    await expect(bench.recovery.setPassword(cookie, GOOD)).rejects.toMatchObject({ code: 'recovery.busy' });
    bench.clock.advance(40_001);
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
  });

  test('after the change was recorded and before sessions were ended: the safety net ends them, once', async () => {
    const cookie = await proved();
    expect(await bench.recovery.setPassword(cookie, GOOD)).toEqual({ outcome: 'done' });
    await bench.db.kysely.updateTable('recovery_request').set({ sessions_ended_at: null }).execute();
    bench.clock.advance(10_000);
    await bench.jobs.drain();
    expect(bench.ended).toEqual(['alex', 'alex']);
    await bench.jobs.drain();
    expect(bench.ended).toEqual(['alex', 'alex']);
  });
});

describe('the mail server', () => {
  test('that refuses ends the request; nobody can see the difference', async () => {
    bench.channelAnswer = () => new PermanentError('smtp 550');
    const { cookie } = await bench.ask('alex');
    expect(await bench.row(cookie)).toMatchObject({ state: 'mail-failed', reason: 'smtp 550' });
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'code', purpose: 'reset' });
  });

  test('that was away for more than an hour does not bring an old code', async () => {
    bench.channelAnswer = () => new Error('smtp ECONNREFUSED');
    const { cookie } = await bench.ask('alex');
    bench.clock.advance(61 * 60_000);
    bench.channelAnswer = () => undefined;
    await bench.jobs.drain();
    expect(bench.mails).toEqual([]);
    expect((await bench.row(cookie)).state).toBe('mail-failed');
  });
});

describe('double submission, back and two tabs', () => {
  test('two tabs with different passwords: one is applied, the other is told', async () => {
    const cookie = await proved();
    const results = await Promise.allSettled([
      bench.recovery.setPassword(cookie, `${GOOD} one`),
      bench.another().setPassword(cookie, `${GOOD} two`),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'recovery.busy' },
    });
  });

  test('back and again after it is done changes nothing more', async () => {
    const cookie = await proved();
    await bench.recovery.setPassword(cookie, GOOD);
    await expect(bench.recovery.setPassword(cookie, `${GOOD} again`)).rejects.toMatchObject({
      code: 'recovery.no-proof',
    });
    const { id } = await bench.person('alex');
    expect(await bench.directory.verifyPassword(id, GOOD)).toBe('ok');
  });

  test('two requests of one account: when one is done the other is void', async () => {
    const first = await bench.ask('alex');
    await bench.recovery.proveByCode(first.cookie, first.code, IP);
    const second = await bench.ask('alex');
    await bench.recovery.proveByCode(second.cookie, second.code, IP);
    expect(await bench.recovery.setPassword(second.cookie, GOOD)).toEqual({ outcome: 'done' });
    await expect(bench.recovery.setPassword(first.cookie, `${GOOD} late`)).rejects.toMatchObject({
      code: 'recovery.no-proof',
    });
  });
});

describe('what is over', () => {
  test('lapses by the clock and is deleted after a month', async () => {
    const { cookie } = await bench.ask('alex');
    bench.clock.advance(10 * 60_000 + 1);
    await bench.recovery.tidy();
    expect(await bench.row(cookie)).toMatchObject({ state: 'expired', code_hash: null });
    bench.clock.advance(30 * 86_400_000);
    await bench.recovery.tidy();
    for (const table of ['recovery_request', 'recovery_event', 'recovery_hit', 'recovery_report'] as const) {
      expect(await bench.db.kysely.selectFrom(table).selectAll().execute(), table).toEqual([]);
    }
  });

  test('no secret is left in any table after a full run', async () => {
    const { cookie, code, token, reportToken } = await bench.ask('alex');
    await bench.recovery.proveByCode(cookie, code, IP);
    await bench.recovery.setPassword(cookie, GOOD);
    await bench.jobs.drain();
    const tables = [
      'recovery_request',
      'recovery_event',
      'message',
      'job',
      'ticket_event',
      'person',
      'person_password',
    ] as const;
    for (const table of tables) {
      const text = JSON.stringify(await bench.db.kysely.selectFrom(table).selectAll().execute());
      for (const secret of [cookie, code, code.replace('-', ''), token, reportToken, GOOD]) {
        expect(text.includes(secret), `${table} holds ${secret}`).toBe(false);
      }
    }
  });
});
