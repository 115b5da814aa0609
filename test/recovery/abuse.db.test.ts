import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, GOOD, openBench } from './recovery-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.remove());

const IP = '192.0.2.9';
const ip = (n: number): string => `198.51.100.${n}`;
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? String(error),
  );
const history = async (login: string): Promise<number> => {
  const { id } = await bench.person(login);
  const rows = await bench.db.kysely
    .selectFrom('person_password')
    .select('id')
    .where('person_id', '=', id)
    .execute();
  return rows.length;
};

describe('a link', () => {
  test('works once (ASVS 6.5.1)', async () => {
    const { token } = await bench.ask('alex');
    await bench.recovery.proveByToken(token, IP);
    expect(await codeOf(bench.recovery.proveByToken(token, IP))).toBe('recovery.proof-used');
  });

  test('20 parallel uses of one token: exactly one gets through', async () => {
    const { token } = await bench.ask('alex');
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => codeOf(bench.recovery.proveByToken(token, ip(n)))),
    );
    expect(results.filter((result) => result === 'ok')).toHaveLength(1);
    expect(new Set(results)).toEqual(new Set(['ok', 'recovery.proof-used']));
  });

  test('20 parallel new passwords with one proof: exactly one is applied, and it is the one that works', async () => {
    const { token } = await bench.ask('alex');
    const { cookie } = await bench.recovery.proveByToken(token, IP);
    const passwords = Array.from({ length: 20 }, (_, n) => `${GOOD} number ${n}`);
    const results = await Promise.all(
      passwords.map((password) =>
        bench.recovery.setPassword(cookie, password).then(
          (result) => result.outcome,
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(results.filter((result) => result === 'done')).toHaveLength(1);
    expect(results.filter((result) => result !== 'done').every((r) => r.startsWith('recovery.'))).toBe(true);
    expect(await history('alex')).toBe(1);
    const { id } = await bench.person('alex');
    const winner = passwords[results.indexOf('done')] ?? '';
    expect(await bench.directory.verifyPassword(id, winner)).toBe('ok');
  });

  test('an older one is void after a newer one', async () => {
    const older = await bench.ask('alex');
    const newer = await bench.ask('ALEX');
    expect(await codeOf(bench.recovery.proveByToken(older.token, IP))).toBe('recovery.proof-superseded');
    expect(await codeOf(bench.recovery.proveByCode(older.cookie, older.code, IP))).toBe(
      'recovery.proof-superseded',
    );
    await bench.recovery.proveByToken(newer.token, IP);
  });

  test('of one account proves nothing for another: it never touches the request of the other session', async () => {
    const a = await bench.ask('alex');
    const b = await bench.ask('sara');
    expect(await codeOf(bench.recovery.proveByCode(b.cookie, a.code, IP))).toBe('recovery.proof-wrong');
    const proved = await bench.recovery.proveByToken(a.token, IP);
    expect(await bench.recovery.look(b.cookie)).toMatchObject({ step: 'code' });
    expect(await bench.recovery.look(proved.cookie)).toMatchObject({ step: 'password', login: 'alex' });
    await expect(bench.recovery.setPassword(b.cookie, GOOD)).rejects.toMatchObject({
      code: 'recovery.no-proof',
    });
  });

  test.each([
    [-1_000, 'ok'],
    [1_000, 'recovery.proof-expired'],
  ])('%i ms from its end: %s (ASVS 6.5.5)', async (offset, expected) => {
    const { token, cookie, code } = await bench.ask('alex');
    bench.clock.advance(10 * 60_000 + offset);
    expect(await codeOf(bench.recovery.proveByToken(token, IP))).toBe(expected);
    if (expected !== 'ok') expect(await codeOf(bench.recovery.proveByCode(cookie, code, IP))).toBe(expected);
  });

  test('the minutes begin when the mail server takes the mail, not before', async () => {
    bench.channelAnswer = () => new Error('smtp 451');
    const { cookie } = await bench.recovery.ask({ identifier: 'alex', lang: 'en', ip: IP });
    await bench.jobs.drain();
    bench.clock.advance(9 * 60_000);
    bench.channelAnswer = () => undefined;
    await bench.jobs.drain();
    const acceptedAt = bench.clock.now();
    expect((await bench.row(cookie)).expires_at).toBe(acceptedAt + 10 * 60_000);
  });

  test('what was proved is good for ten minutes more, not longer', async () => {
    const { cookie, code } = await bench.ask('alex');
    await bench.recovery.proveByCode(cookie, code, IP);
    bench.clock.advance(10 * 60_000 + 1);
    expect(await codeOf(bench.recovery.setPassword(cookie, GOOD))).toBe('recovery.no-proof');
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'ask' });
  });

  test('is made of 256 random bits and rests as a hash', async () => {
    const { token, cookie } = await bench.ask('alex');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const stored = JSON.stringify(await bench.row(cookie));
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(cookie);
  });
});

describe('guessing', () => {
  test('a code may be tried five times, also side by side (ASVS 6.6.3)', async () => {
    const { cookie, code } = await bench.ask('alex');
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        codeOf(bench.recovery.proveByCode(cookie, `AAAA-${1000 + n}`, ip(n))),
      ),
    );
    expect(results.filter((result) => result === 'recovery.proof-wrong')).toHaveLength(5);
    expect(results.filter((result) => result === 'recovery.too-many-tries')).toHaveLength(15);
    expect(await codeOf(bench.recovery.proveByCode(cookie, code, ip(99)))).toBe('recovery.too-many-tries');
  });

  test('a request without an account answers every guess the same way', async () => {
    const real = await bench.ask('alex');
    const none = await bench.ask('nobody');
    for (let n = 0; n < 7; n++) {
      const answers = await Promise.all(
        [real, none].map(({ cookie }) => codeOf(bench.recovery.proveByCode(cookie, 'WRNG-0000', ip(n)))),
      );
      expect(answers[0]).toBe(answers[1]);
    }
  });

  test('one address may be wrong ten times in a quarter of an hour, over all requests', async () => {
    const results: string[] = [];
    for (let n = 0; n < 12; n++) results.push(await codeOf(bench.recovery.proveByToken(`guess-${n}`, IP)));
    expect(results.slice(0, 10).every((result) => result === 'recovery.proof-wrong')).toBe(true);
    expect(results.slice(10)).toEqual(['recovery.too-many', 'recovery.too-many']);
    bench.clock.advance(15 * 60_000 + 1);
    expect(await codeOf(bench.recovery.proveByToken('guess', IP))).toBe('recovery.proof-wrong');
  });

  test('right proofs do not count against an address', async () => {
    for (let n = 0; n < 3; n++) {
      const { token } = await bench.ask('alex', { ip: ip(n) });
      await bench.recovery.proveByToken(token, IP);
    }
    const rows = await bench.db.kysely.selectFrom('recovery_hit').select('key').execute();
    expect(rows.filter((row) => row.key.startsWith('proof:'))).toEqual([]);
  });

  test('the code rests as argon2id', async () => {
    const { cookie } = await bench.ask('alex');
    expect((await bench.row(cookie)).code_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe('limits', () => {
  test('three mails an hour and ten a day for one account, however it is spelled', async () => {
    const spellings = [
      'alex',
      'ALEX',
      ' alex@example.org',
      'Alex@Example.ORG',
      'ａｌｅｘ',
      'alex.home@example.net',
    ];
    let sent = 0;
    for (let n = 0; n < 6; n++) {
      if ((await bench.ask(spellings[n] ?? '', { ip: ip(n) })).mail) sent++;
    }
    expect(sent).toBe(3);
    for (let hour = 0; hour < 20; hour++) {
      bench.clock.advance(60 * 60_000 + 1);
      if ((await bench.ask('alex', { ip: ip(100 + hour) })).mail) sent++;
    }
    expect(sent).toBe(10);
  });

  test('over the limit of an account the answer is the same as ever', async () => {
    for (let n = 0; n < 3; n++) await bench.ask('alex', { ip: ip(n) });
    const { cookie, mail } = await bench.ask('alex', { ip: ip(5) });
    expect(mail).toBeUndefined();
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'code', purpose: 'reset' });
    expect((await bench.row(cookie)).reason).toBe('over-limit');
  });

  test('twenty an hour from one address or one /64, the same for every identifier', async () => {
    const results: string[] = [];
    for (let n = 0; n < 22; n++) {
      const identifier = n % 2 === 0 ? 'alex' : `nobody${n}`;
      results.push(
        await codeOf(bench.recovery.ask({ identifier, lang: 'en', ip: `2001:db8:1:2:${n}::${n}` })),
      );
    }
    expect(results.filter((result) => result === 'ok')).toHaveLength(20);
    expect(results.slice(20)).toEqual(['recovery.too-many', 'recovery.too-many']);
    expect(await codeOf(bench.recovery.ask({ identifier: 'alex', lang: 'en', ip: '2001:db8:1:3::1' }))).toBe(
      'ok',
    );
  });

  test('are exact under parallel use', async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, () =>
        codeOf(bench.recovery.ask({ identifier: 'alex', lang: 'en', ip: IP })),
      ),
    );
    expect(results.filter((result) => result === 'ok')).toHaveLength(20);
  });

  test('a request never locks an account', async () => {
    for (let n = 0; n < 15; n++) await bench.ask('alex', { ip: ip(n) });
    expect((await bench.person('alex')).locked).toBe(false);
  });

  test('all mails together stay under the limit of the organisation', async () => {
    const small = await openBench({ mailsTotalPerHour: 2 });
    try {
      const sent = [];
      for (const login of ['alex', 'sara', 'alex']) sent.push((await small.ask(login)).mail !== undefined);
      expect(sent).toEqual([true, true, false]);
    } finally {
      await small.remove();
    }
  });
});

describe('who is not sent anything', () => {
  test.each([
    ['nobody-at-all', 'unknown', undefined],
    ['shared@example.org', 'ambiguous', 'recovery.ambiguous'],
    ['dora', 'disabled', undefined],
    ['lola', 'locked-by-admin', undefined],
    ['root', 'privileged', 'recovery.privileged'],
    ['noel', 'no-contact', 'recovery.no-contact'],
  ])('%s: %s, and nobody but an agent can tell', async (identifier, reason, cause) => {
    const { cookie, mail } = await bench.ask(identifier);
    expect(mail).toBeUndefined();
    expect(await bench.recovery.look(cookie)).toEqual({ step: 'code', purpose: 'reset' });
    expect(await bench.row(cookie)).toMatchObject({ state: 'suppressed', reason, identifier: null });
    await bench.ask(identifier);
    const causes = (await bench.tickets()).map((ticket) => ticket.cause);
    expect(causes).toEqual(cause ? [cause] : []);
  });

  test('look-alike spellings of a name reach nobody', async () => {
    for (const identifier of ['\u0430lex', 'al\u00adex', '\u200falex']) {
      expect((await bench.ask(identifier)).mail, JSON.stringify(identifier)).toBeUndefined();
    }
  });

  test('a mail only ever goes to the address in the directory, in its spelling', async () => {
    const { mail } = await bench.ask('ALEX.HOME@EXAMPLE.NET');
    expect(mail?.to).toBe('alex.home@example.net');
  });

  test('an account that was disabled, locked or made privileged after the mail is not brought back', async () => {
    for (const column of ['disabled', 'locked_by_admin', 'privileged'] as const) {
      const own = await openBench();
      try {
        const { cookie, code } = await own.ask('alex');
        await own.recovery.proveByCode(cookie, code, IP);
        await own.db.kysely
          .updateTable('person')
          .set({ [column]: 1 })
          .where('login', '=', 'alex')
          .execute();
        const result = await own.recovery.setPassword(cookie, GOOD);
        expect(result, column).toMatchObject({ outcome: 'handed-over' });
        const { id } = await own.person('alex');
        expect(await own.directory.verifyPassword(id, GOOD)).not.toBe('ok');
        expect((await own.tickets()).map((ticket) => ticket.cause)).toEqual(['recovery.not-eligible']);
      } finally {
        await own.remove();
      }
    }
  });

  test('tickets carry evidence for the agent and no secret', async () => {
    const { cookie, code, token, reportToken } = await bench.ask('alex');
    await bench.recovery.proveByCode(cookie, code, IP);
    await bench.recovery.report(reportToken, IP);
    const [ticket] = await bench.tickets();
    for (const part of ['a•••@example.org', 'secure-account', 'mail-accepted', 'prove']) {
      expect(ticket?.text).toContain(part);
    }
    for (const secret of [cookie, code, code.replace('-', ''), token, reportToken]) {
      expect(ticket?.text).not.toContain(secret);
    }
  });
});
