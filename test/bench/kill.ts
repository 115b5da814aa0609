// `npm run -s bench:kill -- --rounds 50`: kill -9 at random moments under load; what was accepted must be there, once.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildSite } from '../../src/cli/build-site.ts';
import { openDatabase } from '../../src/db/open.ts';
import '../../src/help/store.ts';
import '../../src/jobs/sqlite-jobs.ts';
import '../../src/notify/store.ts';
import '../../src/recovery/store.ts';
import '../../src/tickets/store.ts';
import { freePort } from '../support/free-port.ts';

const FIRSTLINE = join(import.meta.dirname, '../../src/cli/firstline.mjs');
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '50' } } });
const rounds = Number(values.rounds);

await buildSite({ force: false });
const dataDir = mkdtempSync(join(tmpdir(), 'firstline-kill-'));
const root = rootWithWideLimits();
const port = await freePort();
const base = `http://localhost:${port}`;
const env = {
  ...process.env,
  PORT: String(port),
  DATA_DIR: dataDir,
  FIRSTLINE_ROOT: root,
  LOG_LEVEL: 'silent',
};

/** What the portal said yes to. Anything it did not answer may or may not be there. */
const accepted = {
  helpRequests: new Map<string, string>(),
  replies: new Set<string>(),
  recoveries: new Set<string>(),
};
const problems: string[] = [];
let unanswered = 0;
let cookie = '';

for (let round = 1; round <= rounds; round++) {
  const portal = await start();
  if (!cookie) cookie = await signIn('nina');
  const until = Date.now() + 200 + Math.random() * 1_300;
  const load = Promise.all(Array.from({ length: 4 }, () => work(until + 2_000)));
  await sleep(Math.max(0, until - Date.now()));
  const gone = once(portal, 'exit');
  portal.kill('SIGKILL');
  await gone;
  await load;
}
await verify();
const lost = problems.filter((line) => line.startsWith('lost')).length;
const doubled = problems.filter((line) => line.startsWith('doubled')).length;
for (const line of problems.slice(0, 20)) console.error(line);
console.log(
  JSON.stringify({
    kills: rounds,
    accepted: {
      helpRequests: accepted.helpRequests.size,
      replies: accepted.replies.size,
      recoveries: accepted.recoveries.size,
    },
    unanswered,
    lost,
    doubled,
    otherProblems: problems.length - lost - doubled,
  }),
);
for (const folder of [dataDir, root]) rmSync(folder, { recursive: true, force: true });
process.exit(problems.length === 0 ? 0 : 1);

/** All requests come from one address here, which the usual limits would rightly stop. */
function rootWithWideLimits(): string {
  const folder = mkdtempSync(join(tmpdir(), 'firstline-kill-root-'));
  const project = join(import.meta.dirname, '../..');
  for (const name of ['content', 'monitors'])
    cpSync(join(project, name), join(folder, name), { recursive: true });
  const wide = 'recovery: { ipPerHour: 100000, ipPerDay: 100000, mailsPerHour: 1000, mailsPerDay: 1000 }';
  writeFileSync(
    join(folder, 'firstline.yaml'),
    `${readFileSync(join(project, 'firstline.yaml'), 'utf8')}\n${wide}\n`,
  );
  return folder;
}

async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [FIRSTLINE, 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (
      await fetch(`${base}/readyz`).then(
        (r) => r.ok,
        () => false,
      )
    )
      return child;
    await sleep(50);
  }
  throw new Error('the portal did not start in 10 s');
}

async function signIn(login: string): Promise<string> {
  const printed = execFileSync(process.execPath, [FIRSTLINE, 'user', 'link', login], {
    env,
    encoding: 'utf8',
  });
  const secret = /#(\S+)/.exec(printed)?.[1] ?? '';
  const answer = await fetch(`${base}/en/sign-in/link`, {
    method: 'POST',
    body: new URLSearchParams({ secret }),
    redirect: 'manual',
  });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

async function work(until: number): Promise<void> {
  while (Date.now() < until) {
    const dice = Math.random();
    const done = dice < 0.5 ? await askForHelp() : dice < 0.8 ? await reply() : await recover();
    if (!done) return;
  }
}

/** The answer, or undefined when the portal was killed before it came. */
async function post(
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: unknown; cookies: string[] } | undefined> {
  try {
    const answer = await fetch(base + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
    return {
      status: answer.status,
      json: await answer.json().catch(() => undefined),
      cookies: answer.headers.getSetCookie(),
    };
  } catch {
    unanswered++;
    return undefined;
  }
}

async function askForHelp(): Promise<boolean> {
  const again = Math.random() < 0.2 ? [...accepted.helpRequests.keys()].at(-1) : undefined;
  const key = again ?? randomUUID();
  const request = {
    summary: `The building smells of smoke ${key}`,
    lang: 'en',
    emergency: true,
    contact: { email: `p${key.slice(0, 8)}@example.org` },
  };
  const answer = await post('/api/v1/help-requests', request, { 'idempotency-key': key });
  if (!answer) return false;
  if (answer.status >= 300) {
    problems.push(`refused: help request ${answer.status} ${JSON.stringify(answer.json)}`);
    return true;
  }
  const number = (answer.json as { ticket?: { number: string } }).ticket?.number ?? '';
  const before = accepted.helpRequests.get(key);
  if (before !== undefined && before !== number)
    problems.push(`doubled: the key ${key} got ${before} and ${number}`);
  accepted.helpRequests.set(key, number);
  return true;
}

async function reply(): Promise<boolean> {
  const numbers = [...accepted.helpRequests.values()];
  const number = numbers[Math.floor(Math.random() * numbers.length)];
  if (!number) return askForHelp();
  const text = `Somebody is on the way ${randomUUID()}`;
  const answer = await post(
    `/api/v1/tickets/${number}/replies`,
    { text },
    { cookie, 'idempotency-key': text.slice(-36) },
  );
  if (!answer) return false;
  // 409 asks to confirm when somebody else replied a moment ago; that is an answer, not an acceptance.
  if (answer.status < 300) accepted.replies.add(text);
  else if (answer.status !== 409)
    problems.push(`refused: reply ${answer.status} ${JSON.stringify(answer.json)}`);
  return true;
}

async function recover(): Promise<boolean> {
  const answer = await post('/api/v1/recovery', {
    identifier: Math.random() < 0.1 ? 'alex' : `ghost-${randomUUID()}`,
    lang: 'en',
  });
  if (!answer) return false;
  const secret = /recovery=([^;]+)/.exec(answer.cookies.join(';'))?.[1];
  if (answer.status === 202 && secret) accepted.recoveries.add(decodeURIComponent(secret));
  else if (answer.status !== 429) problems.push(`refused: recovery ${answer.status}`);
  return true;
}

/** One more start lets the queue finish; then the database and the outbox are counted. */
async function verify(): Promise<void> {
  const portal = await start();
  const db = await openDatabase({ dataDir });
  for (let second = 0; second < 180; second++) {
    const waiting = await db.kysely
      .selectFrom('message')
      .select('key')
      .where('state', '=', 'waiting')
      .execute();
    const due = await db.kysely
      .selectFrom('job')
      .select('id')
      .where('state', '!=', 'done')
      .where('run_at', '<=', Date.now())
      .execute();
    if (waiting.length + due.length === 0) break;
    await sleep(1_000);
  }
  const gone = once(portal, 'exit');
  portal.kill('SIGTERM');
  await gone;
  const help = await db.kysely.selectFrom('help_request').select(['key', 'ticket']).execute();
  const tickets = await db.kysely.selectFrom('ticket').select(['number', 'summary']).execute();
  const events = await db.kysely
    .selectFrom('ticket_event')
    .select('data')
    .where('kind', '=', 'replied')
    .execute();
  const recoveries = await db.kysely.selectFrom('recovery_request').select('cookie_hash').execute();
  const messages = await db.kysely.selectFrom('message').select(['key', 'state']).execute();
  const jobs = await db.kysely.selectFrom('job').select(['kind', 'state', 'run_at']).execute();
  await db.close();

  for (const [key, number] of accepted.helpRequests) {
    once1('help request', key, help.filter((row) => row.key.includes(key)).length);
    const own = tickets.filter((row) => row.summary.includes(key));
    once1('ticket', key, own.length);
    if (own.length === 1 && !number.endsWith(String(own[0]?.number)))
      problems.push(`lost: ${key} was told ${number}, has ${own[0]?.number}`);
  }
  for (const text of accepted.replies)
    once1('reply', text, events.filter((row) => row.data.includes(text)).length);
  for (const secret of accepted.recoveries) {
    const hash = createHash('sha256').update(secret).digest('base64url');
    once1('recovery', secret.slice(0, 8), recoveries.filter((row) => row.cookie_hash === hash).length);
  }
  if (new Set(tickets.map((row) => row.number)).size !== tickets.length)
    problems.push('doubled: a ticket number');
  for (const message of messages)
    if (message.state === 'waiting') problems.push(`lost: the message ${message.key} still waits`);
  for (const job of jobs) {
    if (job.state === 'dead') problems.push(`lost: a dead job of ${job.kind}`);
    if (job.state === 'running') problems.push(`lost: a job of ${job.kind} hangs`);
  }
  countMails(messages.filter((row) => row.state === 'delivered').length);
}

function countMails(delivered: number): void {
  const folder = join(dataDir, 'outbox');
  const files = readdirSync(folder).filter((name) => name.endsWith('.eml'));
  const ids = files.map(
    (name) => /^message-id: (.*)$/im.exec(readFileSync(join(folder, name), 'utf8'))?.[1] ?? name,
  );
  if (new Set(ids).size !== ids.length) problems.push('doubled: a mail in the outbox');
  if (files.length !== delivered)
    problems.push(
      `${files.length < delivered ? 'lost' : 'doubled'}: ${delivered} messages delivered, ${files.length} mails in the outbox`,
    );
}

function once1(what: string, which: string, count: number): void {
  if (count === 0) problems.push(`lost: ${what} ${which}`);
  if (count > 1) problems.push(`doubled: ${what} ${which} is there ${count} times`);
}
