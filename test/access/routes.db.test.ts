import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Admin, createAdmin } from '../../src/access/admin/admin.ts';
import { adminRoutes } from '../../src/access/admin/routes.ts';
import { auditRoutes } from '../../src/access/audit/routes.ts';
import { auditWriter } from '../../src/access/audit/store.ts';
import { answerError } from '../../src/api/problem-json.ts';
import { loadConfig } from '../../src/config/config.ts';
import { PermanentError } from '../../src/jobs/contract.ts';
import { createJobs } from '../../src/jobs/create-jobs.ts';
import type { Problem } from '../../src/lib/problem.ts';
import { newRouter } from '../../src/lib/router.ts';
import { ANONYMOUS, type Person, type Role, type Who } from '../../src/lib/who.ts';
import { type AccessUnderTest, AUDIT_KEY, startAccess } from './setup.ts';

const log = pino({ level: 'silent' });
const person = (login: string, ...roles: Role[]): Person => ({
  kind: 'person',
  id: login,
  login,
  name: login,
  email: `${login}@example.org`,
  lang: 'en',
  roles,
  teams: [],
});
const ADMIN = person('admin', 'admin');
const EDITOR = person('ivan', 'editor');
const AGENT = person('nina', 'agent-l1');

const PROBLEMS: readonly Problem[] = [
  {
    file: 'content/fa/mail/x.md',
    line: 3,
    key: 'title',
    code: 'missing-key',
    message: 'the title is missing',
  },
  { file: 'monitors/mail.yaml', line: 9, key: 'every', code: 'wrong-value', message: 'expected a duration' },
];
const failing = {
  name: 'test.fail',
  payload: z.object({}),
  run: async () => {
    throw new PermanentError('The mailbox is gone');
  },
};

let it: AccessUnderTest;
let admin: Admin;
let jobs: Awaited<ReturnType<typeof createJobs>>;
let who: Who = ANONYMOUS;
const app = newRouter();

beforeAll(async () => {
  it = await startAccess();
  const { db } = it.database;
  jobs = await createJobs({ db, clock: it.clock, log, pollMs: 500 });
  jobs.define(failing);
  const audit = auditWriter(AUDIT_KEY, it.clock);
  admin = createAdmin({
    db,
    jobs,
    clock: it.clock,
    config: loadConfig({ DATA_DIR: it.database.settings.dataDir, LDAP_BIND_PASSWORD: 'very-hidden' }),
    audit,
    auditKey: AUDIT_KEY,
    databaseAnswers: async () => true,
    services: async () => [
      { id: 'mail', name: { en: 'Mail' }, state: 'down', since: 1 },
      { id: 'vpn', name: { en: 'VPN' }, state: 'up', since: 1 },
    ],
    problems: () => PROBLEMS,
  });
  await db.tx(async (tx) => {
    await jobs.enqueue(tx, failing, {});
    await audit(tx, { actor: 'system:fixes', action: 'fixes.run', subject: 'restart-mail' });
    await audit(tx, {
      actor: 'nina',
      action: 'tickets.claim',
      subject: '=cmd|x',
      details: { note: 'a,"b"' },
    });
  });
  await jobs.drain();
  app.onError(answerError(log));
  app.use('*', async (c, next) => {
    c.set('who', who);
    c.set('lang', 'en');
    c.set('requestId', 'test');
    await next();
  });
  app.route('/api/v1/audit', auditRoutes(db, AUDIT_KEY));
  app.route('/api/v1/admin', adminRoutes(admin, it.access));
});
afterAll(async () => {
  await jobs.stop();
  await it.database.remove();
});

async function ask(asker: Who, path: string, method = 'GET') {
  who = asker;
  return await app.request(path, { method });
}
const json = async (asker: Who, path: string, method = 'GET') => (await ask(asker, path, method)).json();

describe('who may ask', () => {
  const routes = [
    ['GET', '/api/v1/audit'],
    ['GET', '/api/v1/audit/export'],
    ['GET', '/api/v1/audit/verification'],
    ['GET', '/api/v1/admin/overview'],
    ['GET', '/api/v1/admin/jobs'],
    ['POST', '/api/v1/admin/jobs/x/retry'],
    ['GET', '/api/v1/admin/configuration'],
    ['GET', '/api/v1/admin/people'],
    ['PUT', '/api/v1/admin/people/alex/roles/admin'],
    ['DELETE', '/api/v1/admin/people/nina/roles/agent-l1'],
    ['GET', '/api/v1/admin/sessions'],
    ['DELETE', '/api/v1/admin/sessions/x'],
  ] as const;
  test.each(routes)('%s %s is for admins only', async (method, path) => {
    const anonymous = await ask(ANONYMOUS, path, method);
    expect([anonymous.status, (await anonymous.json()).code]).toEqual([401, 'access.sign-in-required']);
    for (const asker of [AGENT, EDITOR, person('alex', 'staff')]) {
      const response = await ask(asker, path, method);
      expect([response.status, (await response.json()).code]).toEqual([403, 'access.forbidden']);
    }
  });

  test('editors see the problems of what they edit, admins all', async () => {
    expect(await json(EDITOR, '/api/v1/admin/problems')).toEqual([PROBLEMS[0]]);
    expect(await json(ADMIN, '/api/v1/admin/problems')).toEqual(PROBLEMS);
    expect((await ask(AGENT, '/api/v1/admin/problems')).status).toBe(403);
    expect((await ask(ANONYMOUS, '/api/v1/admin/problems')).status).toBe(401);
  });
});

describe('what an admin sees', () => {
  test('the overview: what is not well, what waits, what was done by itself', async () => {
    const seen = await json(ADMIN, '/api/v1/admin/overview');
    expect(seen).toMatchObject({
      databaseAnswers: true,
      services: { total: 2, notWell: [{ id: 'mail', state: 'down' }] },
      jobs: { waiting: 0, dead: 1 },
      automatic: { count: 1, last: [{ actor: 'system:fixes', subject: 'restart-mail' }] },
      problems: PROBLEMS,
    });
  });

  test('the configuration without any secret', async () => {
    const text = await (await ask(ADMIN, '/api/v1/admin/configuration')).text();
    expect(text).not.toContain('very-hidden');
    expect(JSON.parse(text).environment).toContainEqual({
      key: 'LDAP_BIND_PASSWORD',
      value: '',
      state: 'hidden',
    });
    expect(JSON.parse(text).organisation).toContainEqual({
      key: 'organisation.defaultLanguage',
      value: 'en',
      state: 'set',
    });
  });

  test('the dead letters, each of which can be run again, once', async () => {
    const { dead } = await json(ADMIN, '/api/v1/admin/jobs');
    expect(dead).toMatchObject([{ kind: 'test.fail', reason: 'The mailbox is gone' }]);
    const path = `/api/v1/admin/jobs/${dead[0].id}/retry`;
    expect(await json(ADMIN, path, 'POST')).toEqual({ changed: true });
    expect((await ask(ADMIN, path, 'POST')).status).toBe(404);
    const rows = (await json(ADMIN, '/api/v1/audit?action=jobs.retry')).rows;
    expect(rows).toMatchObject([{ actor: 'admin', subject: dead[0].id, details: { kind: 'test.fail' } }]);
    await jobs.drain();
  });

  test('people, whose roles it changes', async () => {
    expect(await json(ADMIN, '/api/v1/admin/people/sara/roles/editor', 'PUT')).toEqual({ changed: true });
    expect(await json(ADMIN, '/api/v1/admin/people/sara/roles/editor', 'PUT')).toEqual({ changed: false });
    const people = await json(ADMIN, '/api/v1/admin/people');
    expect(people.find((row: { login: string }) => row.login === 'sara').roles).toEqual(['staff', 'editor']);
    expect(await json(ADMIN, '/api/v1/admin/people/sara/roles/editor', 'DELETE')).toEqual({ changed: true });
    expect((await ask(ADMIN, '/api/v1/admin/people/sara/roles/king', 'PUT')).status).toBe(422);
    expect((await ask(ADMIN, '/api/v1/admin/people/nobody/roles/editor', 'PUT')).status).toBe(404);
    expect((await ask(ADMIN, '/api/v1/admin/people/admin/roles/admin', 'DELETE')).status).toBe(409);
  });
});

describe('the audit trail over HTTP', () => {
  test('comes in pages, newest first', async () => {
    const first = await json(ADMIN, '/api/v1/audit?limit=2');
    expect(first.rows).toHaveLength(2);
    const second = await json(ADMIN, `/api/v1/audit?limit=2&before=${first.next}`);
    expect(second.rows[0].seq).toBe(first.rows[1].seq - 1);
    const all = await json(ADMIN, '/api/v1/audit?limit=500');
    expect(all.next).toBeUndefined();
    expect(all.rows.at(-1).seq).toBe(1);
  });

  test.each(['limit=0', 'limit=501', 'before=-1', 'action=%25', 'action=a_b', "action=x'--"])(
    'refuses the filter %s',
    async (query) => {
      const response = await ask(ADMIN, `/api/v1/audit?${query}`);
      expect([response.status, (await response.json()).code]).toEqual([422, 'request.invalid']);
    },
  );

  test('leaves as CSV that no spreadsheet takes for a formula', async () => {
    const response = await ask(ADMIN, '/api/v1/audit/export?actor=nina');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    const lines = (await response.text()).split('\r\n');
    expect(lines[0]).toBe('seq,time,actor,action,subject,details');
    expect(lines[1]).toMatch(
      /^2,\d{4}-\d\d-\d\dT[\d:.]+Z,nina,tickets\.claim,'=cmd\|x,"\{""note"":""a,\\""b\\""""\}"$/,
    );
    expect(lines).toHaveLength(3);
  });

  test('leaves as JSON lines, all of it', async () => {
    const { rows } = await json(ADMIN, '/api/v1/audit?limit=500');
    const response = await ask(ADMIN, '/api/v1/audit/export?format=json');
    const lines = (await response.text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
  });

  test('says whether it holds', async () => {
    expect(await json(ADMIN, '/api/v1/audit/verification')).toMatchObject({ ok: true, otherKey: 0 });
    await it.database.db.kysely.updateTable('audit').set({ actor: 'layla' }).where('seq', '=', 2).execute();
    expect(await json(ADMIN, '/api/v1/audit/verification')).toMatchObject({ ok: false, brokenAt: 2 });
  });
});
