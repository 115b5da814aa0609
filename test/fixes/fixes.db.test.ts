import { createSecretKey } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerError } from '../../src/api/problem-json.ts';
import { organisationSchema } from '../../src/config/schema.ts';
import { createFixes, type Fixes } from '../../src/fixes/fixes.ts';
import type { AccountRecovery } from '../../src/fixes/kinds/recover-account.ts';
import { fixRoutes } from '../../src/fixes/routes.ts';
import type { Jobs } from '../../src/jobs/contract.ts';
import type { AuditEntry } from '../../src/lib/audit.ts';
import type { HttpEnv } from '../../src/lib/http-env.ts';
import { newRouter } from '../../src/lib/router.ts';
import { ANONYMOUS, type Who } from '../../src/lib/who.ts';
import { createTickets } from '../../src/tickets/tickets.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { manualJobs } from '../support/manual-jobs.ts';

const log = pino({ level: 'silent' });
const ALEX: Who = {
  kind: 'person',
  id: '1',
  login: 'alex',
  name: 'Alex',
  email: 'alex@example.org',
  lang: 'en',
  roles: ['staff'],
  teams: [],
};
const asking = (who: Who = ANONYMOUS) => ({ who, lang: 'en' as const, ip: '192.0.2.1' });

let opened: TestDatabase;
let clock: ManualClock;
let jobs: Jobs;
let fixes: Fixes;
let audits: AuditEntry[];
let asked: string[];
let step: string;
let monitor: { isUp: boolean; checkedAt: number } | undefined;
let onCheck: () => void;

beforeEach(async () => {
  opened = await openTestDatabase();
  const { db } = opened;
  clock = manualClock();
  jobs = manualJobs({ db, clock });
  audits = [];
  asked = [];
  step = 'code';
  monitor = { isUp: false, checkedAt: 1 };
  onCheck = () => {
    monitor = { isUp: true, checkedAt: (monitor?.checkedAt ?? 0) + 1 };
  };
  const audit = async (_tx: unknown, entry: AuditEntry) => void audits.push(entry);
  const recovery: AccountRecovery = {
    ask: async ({ identifier, purpose }) => {
      asked.push(`${purpose} ${identifier}`);
      return { cookie: 'c' };
    },
    look: async (cookie) =>
      cookie ? { step, ticket: step === 'handed-over' ? 'FL-7' : null } : { step: 'ask' },
    remindUsername: async ({ identifier }) => void asked.push(`remind ${identifier}`),
    isIdentifier: (text) => text.trim() !== '' && text.length <= 256,
    cookie: { read: (header) => (header ? 'c' : undefined), line: (value) => `r=${value}; Path=/` },
  };
  const org = organisationSchema.parse({ organisation: { name: { en: 'Example' } } });
  const secret = createSecretKey('a secret of thirty-two characters', 'utf8');
  const config = { org, secret, baseUrl: 'http://localhost:4321' };
  const tickets = createTickets({ db, clock, config, notify: { send: async () => {} }, audit });
  fixes = createFixes({
    db,
    jobs,
    clock,
    log,
    tickets,
    audit,
    parts: {
      recovery,
      checks: {
        state: async (id) => (id === 'portal.http' ? monitor : undefined),
        checkNow: () => onCheck(),
      },
    },
    enabled: ['reset-password', 'unlock-account', 'remind-username'],
    isSwitchedOff: false,
  });
});
afterEach(() => opened.remove());

describe('the catalogue', () => {
  test('offers to everybody what everybody may start, and more to people who signed in', () => {
    const ids = (who: Who) => fixes.list('en', who).map((fix) => fix.id);
    expect(ids(ANONYMOUS)).toEqual(['reset-password', 'unlock-account', 'remind-username']);
    expect(ids(ALEX)).toContain('run-check-again');
    expect(fixes.get('run-check-again', 'en', ANONYMOUS)).toBeUndefined();
    expect(fixes.get('no-such-fix', 'en', ALEX)).toBeUndefined();
  });

  test.each(['en', 'fa', 'ar', 'ru'] as const)('speaks %s in titles, steps and keywords', (lang) => {
    for (const fix of fixes.list(lang, ALEX)) {
      for (const text of [fix.title, fix.summary, ...fix.steps, ...fix.keywords]) {
        expect(text).not.toBe('');
        expect(text).not.toMatch(/^fixes\./);
      }
    }
  });
});

describe('a fix with pages of its own', () => {
  test('leads into its flow with its cookie, and the run shows how far this browser is', async () => {
    const { run, cookies } = await fixes.start('reset-password', { identifier: 'alex' }, asking());
    expect(run).toMatchObject({ state: 'waiting', next: '/en/recovery/code' });
    expect(cookies).toEqual(['r=c; Path=/']);
    expect(asked).toEqual(['reset alex']);
    step = 'password';
    const seen = await fixes.run(run.id, 'en', 'r=c');
    expect(seen?.steps.map((each) => each.state)).toEqual(['done', 'done', 'todo', 'todo']);
    step = 'done';
    expect((await fixes.run(run.id, 'en', 'r=c'))?.state).toBe('fixed');
    step = 'handed-over';
    expect(await fixes.run(run.id, 'en', 'r=c')).toMatchObject({ state: 'failed', ticket: 'FL-7' });
    expect((await fixes.run(run.id, 'en', null))?.state).toBe('waiting');
  });

  test('keeps nothing about whose account it is', async () => {
    await fixes.start('unlock-account', { identifier: 'alex-the-secret' }, asking());
    await fixes.start('remind-username', { identifier: 'alex-the-secret' }, asking());
    const rows = await opened.db.kysely.selectFrom('fix_run').selectAll().execute();
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('secret');
  });

  test('answers the same for every identifier', async () => {
    const shape = async (identifier: string) => {
      const { run } = await fixes.start('remind-username', { identifier }, asking());
      return JSON.stringify({ ...run, id: '', createdAt: 0, finishedAt: 0 });
    };
    expect(await shape('alex')).toBe(await shape('nobody'));
  });
});

describe('a fix that runs by itself', () => {
  const start = () => fixes.start('run-check-again', { monitor: 'portal.http' }, asking(ALEX));

  test('is carried out step by step, verified, and written down', async () => {
    const { run } = await start();
    expect(run.state).toBe('waiting');
    await jobs.drain();
    const seen = await fixes.run(run.id, 'en', null);
    expect(seen).toMatchObject({ state: 'fixed', message: 'Done: it works.' });
    expect(seen?.steps.map((each) => each.state)).toEqual(['done', 'done']);
    expect(audits).toContainEqual(
      expect.objectContaining({
        actor: 'alex',
        action: 'fixes.run',
        subject: 'monitor:portal.http',
        details: expect.objectContaining({ outcome: 'fixed' }),
      }),
    );
  });

  test('that ran without complaint but did not help is not called fixed', async () => {
    onCheck = () => {
      monitor = { isUp: false, checkedAt: 2 };
    };
    const { run } = await start();
    await jobs.drain();
    expect((await fixes.run(run.id, 'en', null))?.state).toBe('not-effective');
  });

  test('that fails on the way says at which step', async () => {
    onCheck = () => {
      throw new Error('boom');
    };
    const { run } = await start();
    await jobs.drain();
    const seen = await fixes.run(run.id, 'en', null);
    expect(seen?.state).toBe('failed');
    expect(seen?.steps.map((each) => each.state)).toEqual(['failed', 'todo']);
  });

  test('does not begin without its precondition', async () => {
    const { run } = await fixes.start('run-check-again', { monitor: 'gone' }, asking(ALEX));
    await jobs.drain();
    expect(await fixes.run(run.id, 'en', null)).toMatchObject({
      state: 'failed',
      message: 'There is no such check any more.',
    });
  });

  test('that was cut off is unknown, and not repeated', async () => {
    const { run } = await start();
    await opened.db.kysely.updateTable('fix_run').set({ state: 'running' }).execute();
    await opened.db.kysely.updateTable('job').set({ attempts: 1 }).execute();
    let checks = 0;
    onCheck = () => void checks++;
    await jobs.drain();
    expect((await fixes.run(run.id, 'en', null))?.state).toBe('unknown');
    expect(checks).toBe(0);
  });

  test('one target is worked on by one run at a time', async () => {
    await opened.db.kysely
      .insertInto('fix_lease')
      .values({ target: 'monitor:portal.http', run_id: 'other', until: clock.now() + 60_000 })
      .execute();
    const { run } = await start();
    await jobs.drain();
    expect(await fixes.run(run.id, 'en', null)).toMatchObject({
      state: 'failed',
      message: 'Somebody is working on this already.',
    });
  });

  test('has a budget', async () => {
    for (let n = 0; n < 12; n++) await start();
    await expect(start()).rejects.toMatchObject({ code: 'fixes.target-budget', status: 429 });
  });

  test('started by a monitor runs the same way; an unknown one is refused', async () => {
    const automatic = { input: { monitor: 'portal.http' }, by: 'system:monitors' };
    const [ok, unknown] = await opened.db.tx(async (tx) => [
      await fixes.startAutomatic(tx, { fix: 'run-check-again', ...automatic }),
      await fixes.startAutomatic(tx, { fix: 'reset-password', ...automatic }),
    ]);
    expect([ok, unknown]).toEqual([undefined, 'unknown']);
    await jobs.drain();
    expect(audits.map((entry) => entry.actor)).toContain('system:monitors');
    expect((await fixes.recent('en'))[0]).toMatchObject({ fix: 'run-check-again', state: 'fixed' });
  });
});

describe('over HTTP', () => {
  let who: Who;
  const app = () => {
    const router = newRouter();
    router.onError(answerError(log));
    router.use('*', async (c, next) => {
      const variables: Partial<HttpEnv['Variables']> = { ip: '192.0.2.1', who, lang: 'en', requestId: 'r' };
      for (const [name, value] of Object.entries(variables)) c.set(name as 'ip', value as string);
      await next();
    });
    router.route('/api/v1', fixRoutes(fixes));
    return router;
  };
  const post = (id: string, body: unknown) =>
    app().request(`/api/v1/fixes/${id}/runs`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  test('the catalogue, a run and its progress', async () => {
    who = ALEX;
    const list = await app().request('/api/v1/fixes');
    expect(((await list.json()) as { fixes: unknown[] }).fixes).toHaveLength(4);
    const started = await post('run-check-again', { input: { monitor: 'portal.http' } });
    expect(started.status).toBe(202);
    const { id } = (await started.json()) as { id: string };
    await jobs.drain();
    const run = await app().request(`/api/v1/fix-runs/${id}`);
    expect(await run.json()).toMatchObject({ id, state: 'fixed' });
  });

  test.each<[string, Who, unknown, number]>([
    ['no-such-fix', ALEX, { input: {} }, 404],
    ['run-check-again', ANONYMOUS, { input: { monitor: 'portal.http' } }, 401],
    ['run-check-again', ALEX, { input: { monitor: '../etc; rm -rf' } }, 422],
    ['run-check-again', ALEX, { input: { monitor: 'a', more: 'b' } }, 422],
    ['reset-password', ANONYMOUS, { input: {} }, 422],
    ['reset-password', ANONYMOUS, { input: { identifier: 'alex' } }, 202],
  ])('%s by %o with %j: %i', async (id, asker, body, status) => {
    who = asker;
    expect((await post(id, body)).status).toBe(status);
  });

  test('a run that does not exist', async () => {
    who = ANONYMOUS;
    expect((await app().request('/api/v1/fix-runs/00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await app().request('/api/v1/fix-runs/x')).status).toBe(422);
  });
});
