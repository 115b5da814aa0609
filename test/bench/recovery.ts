// `npm run -s bench:recovery -- --n 200`: does the time of an answer tell whether an account exists?
// Existing and missing names are asked in turn, and so are two groups of missing ones: the null run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildSite } from '../../src/cli/build-site.ts';
import { openDatabase } from '../../src/db/open.ts';
import { addPerson } from '../../src/directory/store.ts';
import { newId } from '../../src/lib/id.ts';
import { hashSecret } from '../../src/lib/secret-hash.ts';
import { freePort } from '../support/free-port.ts';
import { compare } from './classifier.ts';

const ROOT = join(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { n: { type: 'string', default: '200' } } });
const n = Number(values.n);

await buildSite({ force: false });
const dataDir = mkdtempSync(join(tmpdir(), 'firstline-time-'));
const root = rootWithWideLimits();
await seedPeople();
const port = await freePort();
const portal = spawn(process.execPath, [join(ROOT, 'src/cli/firstline.mjs'), 'start'], {
  cwd: ROOT,
  env: {
    PATH: process.env.PATH,
    PORT: String(port),
    DATA_DIR: dataDir,
    FIRSTLINE_ROOT: root,
    LOG_LEVEL: 'silent',
    TRUSTED_PROXIES: '1',
  },
  stdio: 'ignore',
});
let asked = 0;
const identify = (login: string) => post('/api/v1/recovery', { identifier: login, lang: 'en' });
const ask: Question = { ask: (login) => timed(202, identify(login)) };
const proof: Question = {
  prepare: async (login) => (await identify(login)).cookie,
  ask: (_login, cookie) => timed(422, post('/api/v1/recovery/proof', { code: 'AAAA-AAAA' }, cookie)),
};
const signIn: Question = {
  ask: (login) => timed(422, post('/en/sign-in', { login, password: 'certainly not this one' })),
};
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
try {
  await untilReady();
  const result: Record<string, unknown> = { bench: 'recovery', n };
  for (const [name, question] of Object.entries({ ask, proof, signIn })) {
    await measure(question, 10);
    result[name] = await measure(question, n);
  }
  console.log(JSON.stringify(result));
} finally {
  agent.destroy();
  portal.kill('SIGTERM');
  await once(portal, 'exit');
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
}

/** What is timed; `prepare` comes before for all of them, and its result is handed over. */
interface Question {
  prepare?(login: string): Promise<string>;
  ask(login: string, prepared: string): Promise<number>;
}
type Group = 'existing' | 'missing' | 'missingA' | 'missingB';

function loginOf(group: Group, round: number): string {
  return group === 'existing' ? `person${round % n}` : `${group.toLowerCase()}${round % n}`;
}

async function measure(question: Question, rounds: number) {
  const times: Record<Group, number[]> = { existing: [], missing: [], missingA: [], missingB: [] };
  const groups = Object.keys(times) as Group[];
  const all = Array.from({ length: rounds }, (_, round) =>
    [...groups].sort(() => Math.random() - 0.5).map((group) => ({ group, login: loginOf(group, round) })),
  ).flat();
  const prepared: string[] = [];
  for (const { login } of all) prepared.push((await question.prepare?.(login)) ?? '');
  // Until the worker has made up its mind about all of them.
  if (question.prepare) await sleep(5_000 + rounds * 20);
  for (const [index, { group, login }] of all.entries()) {
    times[group].push(await question.ask(login, prepared[index] ?? ''));
    // What the worker does for the one before must not fall into the time of the next more than by chance.
    await sleep(5 + Math.random() * 20);
  }
  return { real: compare(times.existing, times.missing), nullRun: compare(times.missingA, times.missingB) };
}

async function timed(status: number, asking: Promise<Answer>): Promise<number> {
  const answer = await asking;
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}`);
  return answer.ms;
}

interface Answer {
  readonly ms: number;
  readonly status: number;
  readonly cookie: string;
}

/** JSON to the API, a form to pages; from an address that has not asked before. */
function post(path: string, body: Record<string, string>, cookie = ''): Promise<Answer> {
  const isApi = path.startsWith('/api/');
  const text = isApi ? JSON.stringify(body) : new URLSearchParams(body).toString();
  asked++;
  const ip = `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
  const headers = {
    'content-type': isApi ? 'application/json' : 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(text),
    'x-forwarded-for': ip,
    ...(cookie ? { cookie } : {}),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const started = performance.now();
  const req = request({ agent, port, host: 'localhost', path, method: 'POST', headers }, (res) => {
    const ms = performance.now() - started;
    res.resume();
    res.on('end', () => {
      const line = res.headers['set-cookie']?.[0] ?? '';
      resolve({ ms, status: res.statusCode ?? 0, cookie: line.split(';')[0] ?? '' });
    });
  });
  req.on('error', reject);
  req.end(text);
  return promise;
}

async function untilReady(): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const isUp = await fetch(`http://localhost:${port}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await sleep(200);
  }
  throw new Error('the portal did not start');
}

/** As many people as there are rounds, so that no limit of an account is ever met. */
async function seedPeople(): Promise<void> {
  const db = await openDatabase({ dataDir });
  const hash = await hashSecret('the same for everybody here');
  await db.tx(async (tx) => {
    for (let i = 0; i < n; i++) {
      const login = `person${i}`;
      await addPerson(
        tx,
        { id: newId(), login, name: login, lang: 'en', mails: [`${login}@example.org`] },
        1,
      );
    }
    await tx.updateTable('person').set({ password_hash: hash }).execute();
  });
  await db.close();
}

function rootWithWideLimits(): string {
  const folder = mkdtempSync(join(tmpdir(), 'firstline-time-root-'));
  for (const part of ['content', 'monitors'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const most = 1_000_000;
  const wide = [
    'mailsPerHour',
    'mailsPerDay',
    'addressPerHour',
    'ipPerHour',
    'ipPerDay',
    'mailsTotalPerHour',
  ];
  const own = readFileSync(join(ROOT, 'firstline.yaml'), 'utf8').replace(/^recovery:\n(?:[ \t].*\n)*/m, '');
  const lines = wide.map((name) => `  ${name}: ${most}`).join('\n');
  writeFileSync(join(folder, 'firstline.yaml'), `${own}\nrecovery:\n${lines}\n`);
  return folder;
}
