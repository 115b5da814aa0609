import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAdmin } from '../../src/lib/who.ts';
import { type AccessUnderTest, from, kept, PASSWORD, startAccess } from './setup.ts';

let it: AccessUnderTest;
beforeEach(async () => {
  it = await startAccess();
});
afterEach(() => it.database.remove());

const HERE = from('192.0.2.1');
const signIn = (login: string, password: string, visit = HERE) =>
  it.access.signIn({ login, password }, visit);

async function openSession(login: string, ip = '192.0.2.1'): Promise<string[]> {
  const result = await signIn(login, PASSWORD, from(ip));
  if (result.outcome !== 'signed-in') throw new Error(`not signed in: ${result.outcome}`);
  return kept(result.cookies);
}
const who = (cookies: readonly string[]) => it.access.whoIs(from('192.0.2.1', cookies).headers);

describe('signing in with a password', () => {
  test('opens a session and tells who it is', async () => {
    const result = await signIn('Alex', PASSWORD);
    expect(result).toMatchObject({ outcome: 'signed-in', home: '/en/' });
    const cookies = result.outcome === 'signed-in' ? result.cookies : [];
    expect(cookies.join('\n')).toMatch(
      /^firstline\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/m,
    );
    expect(await who(kept(cookies))).toMatchObject({
      kind: 'person',
      login: 'alex',
      email: 'alex@example.org',
      lang: 'en',
      roles: ['staff'],
    });
  });

  test('works with the mail address, and greets in the language of the person', async () => {
    expect(await signIn('SARA@example.org', PASSWORD)).toMatchObject({ outcome: 'signed-in', home: '/fa/' });
  });

  test('says the same for a wrong password, an unknown, a locked and a disabled account, an account without password', async () => {
    await it.database.db.kysely
      .updateTable('person')
      .set({ disabled: 1 })
      .where('login', '=', 'sara')
      .execute();
    const answers = [
      await signIn('alex', 'wrong wrong wrong'),
      await signIn('nobody-of-this-name', 'wrong wrong wrong'),
      await signIn('sara', PASSWORD),
      await signIn('omar', ''),
      await signIn('omar', 'anything at all'),
      await signIn("' or 1=1 --", "' or 1=1 --"),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ outcome: 'refused' })]),
    );
  });

  test('takes as long for an unknown person as for a wrong password', async () => {
    const time = async (login: string, ip: string): Promise<number> => {
      const started = performance.now();
      await signIn(login, 'wrong wrong wrong', from(ip));
      return performance.now() - started;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 4; n++) {
      known.push(await time('alex', `192.0.2.${n + 10}`));
      unknown.push(await time(`nobody${n}`, `192.0.2.${n + 10}`));
    }
    const middle = (times: number[]): number => times.sort((a, b) => a - b)[2] ?? 0;
    expect(middle(unknown) / middle(known)).toBeGreaterThan(0.5);
    expect(middle(unknown) / middle(known)).toBeLessThan(2);
  });

  test('stops guessing at one account from one place, for known and unknown people alike', async () => {
    for (const login of ['alex', 'nobody']) {
      for (let n = 0; n < 5; n++) expect(await signIn(login, 'wrong')).toEqual({ outcome: 'refused' });
      const blocked = await signIn(login, PASSWORD);
      expect(blocked).toMatchObject({ outcome: 'too-many' });
      if (blocked.outcome === 'too-many') {
        expect(blocked.retryAfterS).toBeGreaterThan(800);
        expect(blocked.retryAfterS).toBeLessThanOrEqual(900);
      }
    }
    // Others at the same place, and the same person elsewhere, are not in the way of that.
    expect(await signIn('sara', PASSWORD)).toMatchObject({ outcome: 'signed-in' });
    it.clock.ahead = 16 * 60_000;
    await it.directory.unlock((await it.directory.find('alex'))[0]?.id ?? '');
    expect(await signIn('alex', PASSWORD)).toMatchObject({ outcome: 'signed-in' });
  });

  test('counts guesses that come all at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => signIn('nobody', `guess ${n}`)));
    expect(answers.filter(({ outcome }) => outcome === 'refused').length).toBeLessThanOrEqual(5);
    expect(answers.filter(({ outcome }) => outcome === 'too-many').length).toBeGreaterThanOrEqual(15);
  });

  test('stores nothing of what was typed into the form', async () => {
    await signIn('my secret typed in the wrong field', 'x');
    const rows = await it.database.db.kysely.selectFrom('auth_failure').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('secret');
  });

  test('gives a new session, whatever cookie the browser came with', async () => {
    const planted = ['firstline.session_token=planted.by-somebody'];
    const first = await it.access.signIn({ login: 'alex', password: PASSWORD }, from('192.0.2.1', planted));
    const cookies = first.outcome === 'signed-in' ? kept(first.cookies) : [];
    expect(cookies[0]).not.toContain('planted');
    const again = await it.access.signIn({ login: 'sara', password: PASSWORD }, from('192.0.2.1', cookies));
    const others = again.outcome === 'signed-in' ? kept(again.cookies) : [];
    expect(others[0]).not.toBe(cookies[0]);
    expect(await who(others)).toMatchObject({ login: 'sara' });
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
  });

  test('does not believe a changed or foreign cookie', async () => {
    const [cookie = ''] = await openSession('alex');
    expect(await who([`${cookie.slice(0, -3)}AAA`])).toEqual({ kind: 'anonymous' });
    expect(await who(['firstline.session_token='])).toEqual({ kind: 'anonymous' });
    expect(await who(['firstline.session_token=%00%ff%'])).toEqual({ kind: 'anonymous' });
    expect(await who([`firstline.session_token=${'x'.repeat(5_000)}`])).toEqual({ kind: 'anonymous' });
  });

  test('marks its cookies Secure behind TLS', async () => {
    const secure = await startAccess({ baseUrl: 'https://help.example.org' });
    const result = await secure.access.signIn({ login: 'alex', password: PASSWORD }, HERE);
    const line = result.outcome === 'signed-in' ? (result.cookies[0] ?? '') : '';
    expect(line).toMatch(/^__Secure-firstline\.session_token=.*; Secure/);
    expect(await secure.access.whoIs(from('192.0.2.1', kept([line])).headers)).toMatchObject({
      login: 'alex',
    });
    await secure.database.remove();
  });
});

describe('sessions', () => {
  test('end with signing out', async () => {
    const cookies = await openSession('alex');
    expect(await who(cookies)).toMatchObject({ login: 'alex' });
    const lines = await it.access.signOut(from('192.0.2.1', cookies));
    expect(lines.join()).toMatch(/session_token=; Max-Age=0/);
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
  });

  test('are listed to their owner, who can end them, and nobody else', async () => {
    const here = await openSession('alex', '192.0.2.1');
    const phone = await openSession('alex', '198.51.100.7');
    const stranger = await openSession('sara');
    const me = await who(here);
    const rows = await it.access.mySessions(me, from('192.0.2.1', here));
    expect(rows.map(({ ip, current, userAgent }) => ({ ip, current, userAgent }))).toEqual([
      { ip: '198.51.100.7', current: false, userAgent: 'Test Browser' },
      { ip: '192.0.2.1', current: true, userAgent: 'Test Browser' },
    ]);
    const other = rows.find(({ current }) => !current)?.id ?? '';
    expect(await it.access.endMySession(await who(stranger), other)).toBe(false);
    expect(await who(phone)).toMatchObject({ login: 'alex' });
    expect(await it.access.endMySession(me, other)).toBe(true);
    expect(await who(phone)).toEqual({ kind: 'anonymous' });
    expect(await who(here)).toMatchObject({ login: 'alex' });
    await expect(it.access.mySessions({ kind: 'anonymous' }, HERE)).rejects.toMatchObject({ status: 401 });
  });

  test('end all at once when the account is recovered', async () => {
    const first = await openSession('alex');
    const second = await openSession('alex');
    const other = await openSession('sara');
    expect(await it.access.endSessions('Alex')).toBe(2);
    expect(await who(first)).toEqual({ kind: 'anonymous' });
    expect(await who(second)).toEqual({ kind: 'anonymous' });
    expect(await who(other)).toMatchObject({ login: 'sara' });
  });

  test('lapse after a working day for those who may do more', async () => {
    const result = await it.access.signInByLink(secretOf(await it.access.createLink('admin', 'test')), HERE);
    const cookies = result.outcome === 'signed-in' ? kept(result.cookies) : [];
    const alex = await openSession('alex');
    expect(isAdmin(await who(cookies))).toBe(true);
    it.clock.ahead = 13 * 3_600_000;
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
    expect(await who(alex)).toMatchObject({ login: 'alex' });
  });

  test('end soon after the person was disabled in the directory, and not while it does not answer', async () => {
    const cookies = await openSession('alex');
    expect(await who(cookies)).toMatchObject({ login: 'alex' });
    const { byId } = it.directory;
    Object.assign(it.directory, {
      byId: async () => {
        throw new Error('away');
      },
    });
    it.clock.ahead = 11 * 60_000;
    expect(await who(cookies)).toMatchObject({ login: 'alex' });
    Object.assign(it.directory, { byId });
    await it.database.db.kysely
      .updateTable('person')
      .set({ disabled: 1 })
      .where('login', '=', 'alex')
      .execute();
    it.clock.ahead = 12 * 60_000;
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
    await it.database.db.kysely.updateTable('person').set({ disabled: 0 }).execute();
    it.clock.ahead = 24 * 60_000;
    expect(await who(cookies)).toEqual({ kind: 'anonymous' });
  });

  test('that lapsed are removed by the clock', async () => {
    await openSession('alex');
    await it.access.createLink('alex', 'test');
    await signIn('nobody', 'x');
    it.clock.ahead = 8 * 86_400_000;
    await it.access.cleanUp();
    for (const table of ['auth_session', 'auth_link', 'auth_failure'] as const) {
      expect(await it.database.db.kysely.selectFrom(table).selectAll().execute(), table).toEqual([]);
    }
  });
});

const secretOf = (link: string | undefined): string => link?.split('#')[1] ?? '';

describe('a one-time link', () => {
  test('signs in once, in sample mode also an admin', async () => {
    const link = await it.access.createLink('admin', 'test');
    expect(link).toMatch(/^http:\/\/localhost:4321\/en\/sign-in\/link#[\w-]{32}$/);
    const result = await it.access.signInByLink(secretOf(link), HERE);
    expect(result).toMatchObject({ outcome: 'signed-in', home: '/admin' });
    const cookies = result.outcome === 'signed-in' ? kept(result.cookies) : [];
    expect(isAdmin(await who(cookies))).toBe(true);
    expect(await it.access.signInByLink(secretOf(link), HERE)).toEqual({ outcome: 'refused' });
  });

  test('works for the first of two who use it at the same moment', async () => {
    const secret = secretOf(await it.access.createLink('alex', 'test'));
    const results = await Promise.all([
      it.access.signInByLink(secret, HERE),
      it.access.signInByLink(secret, HERE),
    ]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['refused', 'signed-in']);
  });

  test('is good for 15 minutes', async () => {
    const secret = secretOf(await it.access.createLink('alex', 'test'));
    it.clock.ahead = 15 * 60_000 + 1;
    expect(await it.access.signInByLink(secret, HERE)).toEqual({ outcome: 'refused' });
  });

  test('is not made for nobody, and its secret is not in the database', async () => {
    expect(await it.access.createLink('nobody', 'test')).toBeUndefined();
    const secret = secretOf(await it.access.createLink('sara', 'test'));
    const rows = await it.database.db.kysely.selectFrom('auth_link').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  test.each(['', ' ', 'x', '../../etc/passwd', 'a'.repeat(10_000)])('refuses %j', async (secret) => {
    expect(await it.access.signInByLink(secret, HERE)).toEqual({ outcome: 'refused' });
  });

  test('of sample mode is worth nothing once real parts are set', async () => {
    const result = await it.access.signInByLink(secretOf(await it.access.createLink('admin', 'test')), HERE);
    const cookies = result.outcome === 'signed-in' ? kept(result.cookies) : [];
    expect(isAdmin(await who(cookies))).toBe(true);
    const { createAccess } = await import('../../src/access/access.ts');
    const { createSecretKey } = await import('node:crypto');
    const real = createAccess({
      db: it.database.db,
      clock: it.clock,
      directory: it.directory,
      audit: async () => {},
      config: {
        sample: false,
        baseUrl: 'http://localhost:4321',
        secret: createSecretKey('a secret of the test suite, long enough', 'utf8'),
      },
    });
    expect(await real.whoIs(from('192.0.2.1', cookies).headers)).toEqual({ kind: 'anonymous' });
  });
});
