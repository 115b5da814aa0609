import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { type Core, openCore } from '../../src/core.ts';
import { freePort } from '../support/free-port.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let data: string;
let portal: Core;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firstline-cli-'));
  data = join(folder, 'data');
  // What a running portal holds: the database, and the lock of its data folder.
  portal = await openCore({
    config: loadConfig({ DATA_DIR: data }),
    clock: { now: () => Date.now() },
    exclusive: true,
  });
});
afterAll(async () => {
  await portal.db.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runCommand(args, { env: { DATA_DIR: data } });

describe('beside a running portal', () => {
  test('user link prints a link that signs in once', async () => {
    const { code, out, err } = await run('user', 'link', 'nina');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^http:\/\/localhost:4321\/en\/sign-in\/link#[\w-]{32}\n$/);
    const visit = { headers: new Headers(), ip: '127.0.0.1' };
    const secret = out.trim().split('#')[1] ?? '';
    expect(await portal.access.signInByLink(secret, visit)).toMatchObject({
      outcome: 'signed-in',
      home: '/desk',
    });
    expect(await portal.access.signInByLink(secret, visit)).toEqual({ outcome: 'refused' });
  });

  test('user link leads to where the portal said that it listens', async () => {
    writeFileSync(join(data, 'address'), 'http://localhost:4999\n');
    expect((await run('user', 'link', 'sara')).out).toMatch(/^http:\/\/localhost:4999\/fa\/sign-in\/link#/);
    rmSync(join(data, 'address'));
  });

  test('user link refuses who is not in the directory', async () => {
    const { code, out, err } = await run('user', 'link', 'nobody');
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('The directory has no person "nobody", or more than one.\n');
  });

  test('user role grants and revokes, and user list shows it', async () => {
    expect((await run('user', 'role', 'alex', 'grant', 'editor')).out).toBe(
      'alex now has the role editor.\n',
    );
    expect((await run('user', 'role', 'alex', 'grant', 'editor')).out).toBe(
      'alex already has the role editor.\n',
    );
    expect((await run('user', 'list')).out).toMatch(/^alex .*staff, editor$/m);
    expect((await run('user', 'role', 'alex', 'revoke', 'editor')).out).toBe(
      'alex now does not have the role editor.\n',
    );
  });

  test.each([
    [['user', 'role', 'alex', 'grant', 'admn'], /There is no role "admn"\. Did you mean "admin"\?/],
    [['user', 'role', 'nobody', 'grant', 'editor'], /The directory has no person "nobody"/],
    [['user', 'role', 'admin', 'revoke', 'admin'], /admin is the last admin/],
    [['user', 'reset-second-factor', 'nina'], /nina has no second factor/],
    [['user'], /This is what there is:/],
    [['user', 'delete', 'alex'], /This is what there is:/],
    [['backup'], /Where to\?/],
    [['restore'], /From where\?/],
    [['export'], /Where to\?/],
  ])('%j is refused', async (args, words) => {
    const { code, err } = await run(...args);
    expect(err).toMatch(words);
    expect(err).not.toMatch(/\bat .*:\d+:\d+/);
    expect(code).toBe(1);
  });

  test('doctor looks at every part', async () => {
    const { code, out } = await run('doctor');
    expect(out.match(/^ok/gm)).toHaveLength(6);
    expect(out).toMatch(/^ok {4}database {3}SQLite answers/m);
    expect(code).toBe(0);
  });

  test('doctor fails with the part that is broken, and names the others', async () => {
    const closed = await freePort();
    const { code, out } = await runCommand(['doctor'], {
      env: {
        DATA_DIR: join(folder, 'other'),
        SMTP_URL: `smtp://127.0.0.1:${closed}`,
        DATABASE_URL: 'nonsense',
      },
    });
    expect(out).toMatch(/^FAIL {2}database .*not a PostgreSQL address/m);
    expect(out).toMatch(/^FAIL {2}mail .*ECONNREFUSED/m);
    expect(out).toMatch(/^ok {4}node/m);
    expect(code).toBe(1);
  });

  test('a command without a portal says so', async () => {
    const { code, err } = await runCommand(['user', 'list'], { env: { DATA_DIR: join(folder, 'empty') } });
    expect(err).toMatch(/^There is no portal in the data folder .*Start it once/);
    expect(code).toBe(1);
  });
});

describe('backup and restore', () => {
  test('bring back what was there, and keep what was in the way', async () => {
    const target = join(folder, 'backup');
    expect((await run('backup', target)).code).toBe(0);
    expect(readdirSync(target).sort()).toEqual(['backup.json', 'firstline.db', 'secret']);
    expect((await run('backup', target)).err).toMatch(/is not empty/);
    await portal.access.grant({ kind: 'system', name: 'console' }, 'sara', 'editor');
    expect((await run('restore', target)).err).toMatch(/^Another Firstline is already running/);
    await portal.db.close();
    const { code, out } = await run('restore', target);
    expect(code).toBe(0);
    expect((await run('user', 'list')).out).toMatch(/^sara +staff$/m);
    const kept = /is in (\S+)\.\n/.exec(out)?.[1] ?? '';
    expect(existsSync(join(kept, 'firstline.db'))).toBe(true);
    expect(existsSync(join(kept, 'secret'))).toBe(true);
  });

  test('a damaged or foreign backup is refused before anything is touched', async () => {
    const target = join(folder, 'damaged');
    await run('backup', target);
    const file = join(target, 'firstline.db');
    const bytes = readFileSync(file);
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    expect((await run('restore', target)).err).toMatch(/is damaged: firstline\.db is missing or was changed/);
    writeFileSync(join(target, 'backup.json'), '{"madeAt":"x","files":{"../../etc/passwd":"x"}}');
    expect((await run('restore', target)).err).toMatch(/is not a backup of Firstline/);
    expect((await run('restore', join(folder, 'nowhere'))).err).toMatch(/is not a backup of Firstline/);
    expect((await run('user', 'list')).code).toBe(0);
  });
});

test('export writes every table as JSON lines, without what opens a door', async () => {
  const target = join(folder, 'exported');
  const { code, out } = await run('export', target);
  expect(code).toBe(0);
  expect(out).toMatch(/^person +9$/m);
  const people = readFileSync(join(target, 'person.jsonl'), 'utf8').trim().split('\n');
  expect(people.map((line) => JSON.parse(line).login).sort()[0]).toBe('admin');
  expect(people.join()).not.toMatch(/password_hash/);
  const files = readdirSync(target);
  expect(files).toContain('audit.jsonl');
  for (const secret of ['auth_session', 'auth_two_factor', 'auth_link', 'person_password'])
    expect(files).not.toContain(`${secret}.jsonl`);
});
