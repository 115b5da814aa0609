import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/open.ts';
import '../../src/directory/store.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');
const CODE = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m;
const GOOD = 'a lantern above the harbour';

let dataDir: string;
let port: number;
let base: string;
let portal: ChildProcess;
let output = '';

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'firstline-recovery-'));
  port = await freePort();
  base = `http://localhost:${port}`;
  portal = spawn(process.execPath, ['src/cli/firstline.mjs', 'start'], {
    cwd: ROOT,
    // Vitest has a BASE_URL of its own in the environment.
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'debug' },
  });
  for (const stream of [portal.stdout, portal.stderr])
    stream?.on('data', (chunk) => {
      output += String(chunk);
    });
  for (let tries = 0; tries < 300 && portal.exitCode === null; tries++) {
    if (
      await fetch(`${base}/healthz`).then(
        (r) => r.ok,
        () => false,
      )
    )
      return;
    await sleep(200);
  }
  throw new Error(`the portal did not start: ${output}`);
});
afterAll(async () => {
  const ended = new Promise((resolve) => portal.once('exit', resolve));
  if (portal.exitCode === null) {
    portal.kill('SIGTERM');
    await ended;
  }
  rmSync(dataDir, { recursive: true, force: true });
});

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Any headers at all, which `fetch` would not let through. */
function send(
  path: string,
  headers: Record<string, string>,
  body?: string,
  method = body === undefined ? 'GET' : 'POST',
): Promise<Sent> {
  const { promise, resolve, reject } = Promise.withResolvers<Sent>();
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const req = request(
    { port, host: '127.0.0.1', path, method, headers: { host: `localhost:${port}`, ...length, ...headers } },
    (res) => {
      let text = '';
      res.on('data', (chunk) => {
        text += String(chunk);
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }));
    },
  );
  req.on('error', reject);
  req.end(body);
  return promise;
}
const json = { 'content-type': 'application/json' };
const ask = (identifier: string, headers: Record<string, string> = {}) =>
  send('/api/v1/recovery', { ...json, ...headers }, JSON.stringify({ identifier, lang: 'en' }));
const cookieOf = ({ headers }: Sent): string => [headers['set-cookie']].flat()[0]?.split(';')[0] ?? '';

/** Those with a code; the ones that tell of a change come in between. */
async function mailsTo(login: string): Promise<string[]> {
  const folder = join(dataDir, 'outbox');
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort();
  const mails = await Promise.all(names.map((name) => PostalMime.parse(readFileSync(join(folder, name)))));
  return mails
    .filter((mail) => mail.to?.[0]?.address === `${login}@example.org`)
    .map((mail) => mail.text ?? '')
    .filter((text) => CODE.test(text));
}

async function mailTo(
  login: string,
): Promise<{ text: string; code: string; token: string; reportToken: string }> {
  for (let tries = 0; tries < 60; tries++) {
    const text = (await mailsTo(login).catch(() => [])).at(-1);
    if (text) {
      return {
        text,
        code: CODE.exec(text)?.[0] ?? '',
        token: /\/r#([\w-]{43})$/m.exec(text)?.[1] ?? '',
        reportToken: /not-me#([\w-]{22})$/m.exec(text)?.[1] ?? '',
      };
    }
    await sleep(100);
  }
  throw new Error(`no mail to ${login}`);
}

describe('recovery at the edge of the portal', () => {
  test('a poisoned Host header is refused, and links come from BASE_URL alone', async () => {
    expect((await ask('alex', { host: 'evil.example' })).status).toBe(421);
    expect(
      (await ask('alex', { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' })).status,
    ).toBe(202);
    const { text } = await mailTo('alex');
    expect(text).toContain(`${base}/en/r#`);
    expect(text).not.toContain('evil.example');
  });

  test.each<[string, Record<string, string>, number]>([
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['fetch metadata of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['fetch metadata of a sister site', { 'sec-fetch-site': 'same-site' }, 403],
    ['a null origin', { origin: 'null' }, 403],
    ['our own origin', { origin: 'SELF', 'sec-fetch-site': 'same-origin' }, 202],
    ['no browser', {}, 202],
  ])('a request with %s', async (_what, headers, status) => {
    const own = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, v === 'SELF' ? base : v]));
    expect((await ask('nobody', own)).status).toBe(status);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a body sent as %s is not read',
    async (type) => {
      const sent = await send('/api/v1/recovery', { 'content-type': type }, '{"identifier":"alex"}');
      expect(sent.status).toBeGreaterThanOrEqual(400);
      expect(sent.status).toBeLessThan(500);
      expect(sent.headers['set-cookie']).toBeUndefined();
    },
  );

  test('a body of 1 MB is refused before it is read', async () => {
    expect((await ask('x'.repeat(1_048_576))).status).toBe(413);
    const form = await send(
      '/en/recovery',
      { 'content-type': 'application/x-www-form-urlencoded' },
      `identifier=${'x'.repeat(1_048_576)}`,
    );
    expect(form.status).toBe(413);
  });

  test('a forged X-Forwarded-For does not make another address', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 25; n++) {
      statuses.push((await ask('nobody', { 'x-forwarded-for': `203.0.113.${n}` })).status);
    }
    expect(statuses).toContain(429);
  });

  test('pages cannot be framed, indexed, cached or leak where they come from', async () => {
    for (const path of ['/en/recovery/code', '/en/recovery/password', '/en/r', '/en/recovery/not-me']) {
      const page = await send(path, {});
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(page.headers['x-frame-options']).toBe('DENY');
      expect(page.headers['referrer-policy']).toBe('no-referrer');
      expect(page.headers['cache-control']).toBe('no-store');
    }
  });

  test('GET and HEAD of the pages behind the links consume nothing, also for scanners that carry the whole address', async () => {
    const { token } = await mailTo('alex');
    for (const method of ['GET', 'HEAD']) {
      for (const path of [
        '/en/r',
        `/en/r?token=${token}`,
        '/en/recovery/not-me',
        `/api/v1/recovery/proof?token=${token}`,
      ]) {
        await send(path, {}, undefined, method);
      }
    }
    const proof = await send('/api/v1/recovery/proof', json, JSON.stringify({ token }));
    expect(proof.status).toBe(200);
    const cookie = cookieOf(proof);
    const done = await send(
      '/api/v1/recovery/password',
      { ...json, cookie },
      JSON.stringify({ password: GOOD }),
    );
    expect(JSON.parse(done.body)).toMatchObject({ outcome: 'done' });
  });

  test('a name with markup is text in the page and in the mail', async () => {
    const attack = '<img src=x onerror=alert(1)>"\'';
    const db = await openDatabase({ dataDir });
    await db.kysely.updateTable('person').set({ name: attack }).where('login', '=', 'alex').execute();
    await db.kysely.deleteFrom('recovery_hit').execute();
    await db.close();
    const before = (await mailsTo('alex')).length;
    const cookie = cookieOf(await ask('alex'));
    for (let tries = 0; tries < 60 && (await mailsTo('alex')).length === before; tries++) await sleep(100);
    const { code, text } = await mailTo('alex');
    expect(text).toContain(attack);
    await send('/api/v1/recovery/proof', { ...json, cookie }, JSON.stringify({ code }));
    const page = await send('/en/recovery/password', { cookie });
    expect(page.status).toBe(200);
    // Inside of a quoted attribute a tag is only text.
    expect(page.body.replace(/="[^"]*"/g, '')).not.toContain('<img');
    expect(page.body).toContain('&lt;img src=x');
  });

  test('no secret, no address and no password is in the log or in the database files', async () => {
    const { code, token, reportToken } = await mailTo('alex');
    const secrets = [code, code.replace('-', ''), token, reportToken, GOOD, 'alex@example.org'];
    await send(`/en/r?token=${token}&password=${encodeURIComponent(GOOD)}`, {
      referer: `${base}/en/r#${token}`,
    });
    await sleep(300);
    for (const secret of secrets) expect(output.includes(secret), `the log holds ${secret}`).toBe(false);
    for (const name of ['firstline.db', 'firstline.db-wal']) {
      const bytes = readFileSync(join(dataDir, name));
      for (const secret of secrets.slice(0, -1))
        expect(bytes.includes(secret), `${name} holds ${secret}`).toBe(false);
    }
  });
});
