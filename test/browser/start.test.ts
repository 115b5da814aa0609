import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand, startCommand } from '../cli/run-command.ts';
import { freePort } from '../support/free-port.ts';

let dataDir: string;
let running: ChildProcess[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'firstline-start-'));
  running = [];
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
}

/** `firstline start` as its own process, until it has printed the sign-in link. */
async function started(env: Record<string, string>): Promise<Started> {
  const child = startCommand(['start'], { env: { DATA_DIR: dataDir, LOG_LEVEL: 'info', ...env } });
  running.push(child);
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  for (let left = 600; left > 0 && !out.includes('/sign-in/link#'); left--) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${err}`);
    await sleep(100);
  }
  return { child, out: () => out, err: () => err };
}

test('start prints the address and the first admin’s link, which is in no log; SIGTERM ends it cleanly', async () => {
  const port = String(await freePort());
  const { child, out, err } = await started({ PORT: port });
  expect(out()).toMatch(new RegExp(`^Firstline answers on http://localhost:${port} \\(sample mode`, 'm'));
  const secret = /sign-in\/link#([\w-]{32})$/m.exec(out())?.[1] ?? '';
  const response = await fetch(`http://localhost:${port}/en/sign-in/link`, {
    method: 'POST',
    body: new URLSearchParams({ secret }),
    redirect: 'manual',
  });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/admin#']);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const admin = await fetch(`http://localhost:${port}/admin`, { headers: { cookie } });
  expect(admin.status).toBe(200);

  // The command beside it knows where it listens, without being told.
  expect(readFileSync(join(dataDir, 'address'), 'utf8')).toBe(`http://localhost:${port}\n`);
  const link = await runCommand(['user', 'link', 'nina'], { env: { DATA_DIR: dataDir } });
  expect(link.out).toMatch(new RegExp(`^http://localhost:${port}/en/sign-in/link#`));

  const second = await runCommand(['start'], { env: { DATA_DIR: dataDir, PORT: String(await freePort()) } });
  expect(second.err).toMatch(/^Another Firstline is already running on the data folder/);
  expect(second.code).toBe(1);

  expect(err()).toContain('/en/sign-in/link');
  expect(err()).not.toContain(secret);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test('after kill -9 it starts again on the same data, and sessions go on', async () => {
  const port = String(await freePort());
  const first = await started({ PORT: port });
  const secret = /sign-in\/link#([\w-]{32})$/m.exec(first.out())?.[1] ?? '';
  const response = await fetch(`http://localhost:${port}/en/sign-in/link`, {
    method: 'POST',
    body: new URLSearchParams({ secret }),
    redirect: 'manual',
  });
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await started({ PORT: port });
  const verdict = await fetch(`http://localhost:${port}/api/v1/audit/verification`, { headers: { cookie } });
  expect(verdict.status).toBe(200);
  expect(await verdict.json()).toMatchObject({ ok: true });
});
