import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockDataFolder } from '../../src/db/instance-lock.ts';
import { freePort } from '../support/free-port.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let busy: Server;
let port: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firstline-cli-'));
  busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  port = String(await freePort());
});
afterAll(() => {
  busy.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (env: Record<string, string>) =>
  runCommand(['start'], { env: { PORT: port, DATA_DIR: join(folder, 'data'), ...env } });

/** One plain sentence or two on standard error, nothing else, exit code 1. */
function expectRefusal({ code, out, err }: Awaited<ReturnType<typeof start>>, words: RegExp): void {
  expect(err.trim()).toMatch(words);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).not.toMatch(/\bat .*:\d+:\d+|Error:|node:internal/);
  expect(out).toBe('');
  expect(code).toBe(1);
}

describe('firstline start refuses in a plain sentence', () => {
  test('a DATABASE_URL that is no address of PostgreSQL', async () => {
    expectRefusal(
      await start({ DATABASE_URL: 'mysql://root@localhost/x' }),
      /^DATABASE_URL is not a PostgreSQL address\./,
    );
    expectRefusal(
      await start({ DATABASE_URL: 'data/firstline.db' }),
      /^DATABASE_URL is not a PostgreSQL address\./,
    );
  });

  test('a database that does not answer, without telling the password', async () => {
    const closed = await freePort();
    const result = await start({ DATABASE_URL: `postgres://me:hidden-word@127.0.0.1:${closed}/x` });
    expectRefusal(result, /^The database of DATABASE_URL does not answer \(ECONNREFUSED\)\./);
    expect(result.err).not.toContain('hidden-word');
  });

  test('a port in use', async () => {
    const address = busy.address();
    const used = typeof address === 'object' && address ? String(address.port) : '';
    expectRefusal(await start({ PORT: used }), new RegExp(`^Port ${used} is already in use\\.`));
  });

  test('a data folder that cannot be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const dataDir = join(file, 'data');
    expectRefusal(await start({ DATA_DIR: dataDir }), /^The data folder .* cannot be written\./);
    if (process.getuid?.() === 0) return;
    const closed = mkdtempSync(join(folder, 'closed-'));
    chmodSync(closed, 0o500);
    expectRefusal(await start({ DATA_DIR: closed }), /^The data folder .* cannot be written\./);
  });

  test('a second portal on the same data folder', async () => {
    const data = mkdtempSync(join(folder, 'data-'));
    const lock = lockDataFolder(data);
    try {
      expectRefusal(
        await start({ DATA_DIR: data }),
        /^Another Firstline is already running on the data folder/,
      );
    } finally {
      lock.release();
    }
  });

  test('a setting that does not fit, with its name', async () => {
    expectRefusal(await start({ PORT: 'many' }), /^The environment variable PORT is not usable:/);
    expectRefusal(await start({ SECRET: 'short' }), /^The environment variable SECRET is not usable: .*32/);
    expectRefusal(await start({ FIRSTLINE_ROOT: folder }), /^There is no firstline\.yaml in /);
  });

  test('mistakes in firstline.yaml, each with file, line, key and what was meant', async () => {
    const root = mkdtempSync(join(folder, 'root-'));
    writeFileSync(join(root, 'firstline.yaml'), 'organisation:\n  name:\n    en: Example\n  timezoen: UTC\n');
    const { code, err } = await start({ FIRSTLINE_ROOT: root, DATA_DIR: join(root, 'data') });
    expect(err).toMatch(/firstline\.yaml:4 organisation\.timezoen: .*Did you mean "timezone"\?/);
    expect(code).toBe(1);
  });
});

describe('the command itself', () => {
  test('lists its commands, and guesses what a wrong one meant', async () => {
    const help = await runCommand(['help']);
    expect(help.out).toMatch(/firstline start .*\n/);
    expect(help.code).toBe(0);
    const wrong = await runCommand(['docter']);
    expect(wrong.err).toBe(
      'There is no command "docter". Did you mean "doctor"? "firstline help" lists them.\n',
    );
    expect(wrong.code).toBe(1);
  });
});
