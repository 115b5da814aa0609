import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMeToo } from '../../src/incidents/me-too.ts';
import { incidentRoutes } from '../../src/incidents/routes.ts';
import { AppError } from '../../src/lib/app-error.ts';
import { newRouter } from '../../src/lib/router.ts';
import { ANONYMOUS, type Who } from '../../src/lib/who.ts';
import { eventRoutes } from '../../src/monitors/event-routes.ts';
import { monitorRoutes } from '../../src/monitors/routes.ts';
import { statusRoutes } from '../../src/monitors/status-routes.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTarget, startWatching, type Target, until, type Watching } from './support/watching.ts';

const nina: Who = {
  kind: 'person',
  id: 'n',
  login: 'nina',
  name: 'Nina',
  email: 'nina@example.org',
  lang: 'en',
  roles: ['agent-l1'],
  teams: [],
};

let database: TestDatabase;
let target: Target;
let it: Watching;
let who: Who = ANONYMOUS;
const app = newRouter();

beforeAll(async () => {
  database = await openTestDatabase();
  target = await startTarget();
  const quick = 'defaults: { every: 1s, timeout: 500ms, confirm: { fail: 2, recheck: 1s } }';
  it = await startWatching({
    db: database.db,
    files: {
      '_groups.yaml': 'groups: [{ id: work, name: { en: Work, ru: Работа } }]\n',
      'mail.yaml': `service: { id: mail, name: { en: E-mail, ru: Почта }, group: work }\n${quick}\nmonitors:\n  - { id: mail-web, kind: http, target: "${target.url}?key=hidden" }\n`,
      'inner.yaml': `service: { id: inner, name: { en: Inner }, group: work, public: false }\n${quick}\nmonitors:\n  - { id: inner-web, kind: http, target: "${target.url}" }\n  - { id: backup, kind: heartbeat, token: a-token-that-nobody-guesses, within: 1h }\n`,
    },
  });
  app.use('*', async (c, next) => {
    c.set('who', who);
    c.set('ip', '192.0.2.7');
    c.set('lang', 'en');
    c.set('requestId', 'r');
    await next();
  });
  app.onError((error, c) =>
    error instanceof AppError
      ? c.json({ code: error.code }, error.status as 400)
      : c.json({ code: 'bug' }, 500),
  );
  const meToo = createMeToo(it.monitors.incidents, (ip) => `anonymous:${ip}`);
  app.route('/', monitorRoutes(it.monitors));
  app.route('/', incidentRoutes(it.monitors.incidents, meToo));
  app.route(
    '/',
    statusRoutes(it.monitors, {
      name: () => 'Example',
      baseUrl: 'https://help.example.org',
      timeZone: 'UTC',
    }),
  );
  app.route('/', eventRoutes(it.monitors));
  await until(() => it.shown('mail-web') === 'UP' && it.shown('inner-web') === 'UP');
});
afterAll(async () => {
  await it.stop();
  await target.close();
  await database.remove();
});

const get = async (path: string) => {
  const answer = await app.request(path);
  return { status: answer.status, body: JSON.parse(await answer.text()) };
};
const post = async (path: string, body?: object) => {
  const init = body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {};
  const answer = await app.request(path, { method: 'POST', ...init });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
};

describe('what everybody may read', () => {
  test('public services with state and uptime, and no others', async () => {
    const { body } = await get('/api/v1/services');
    expect(body.services).toHaveLength(1);
    expect(body.services[0]).toMatchObject({
      id: 'mail',
      state: 'operational',
      measured: true,
      group: { id: 'work', name: 'Work' },
    });
    expect(body.services[0].uptime.day).toBe(1);
  });

  test('monitors of public services, without where they are and why they fail', async () => {
    const { body } = await get('/api/v1/monitors');
    expect(body.monitors.map(({ id }: { id: string }) => id)).toEqual(['mail-web']);
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
    expect((await get('/api/v1/monitors/inner-web')).status).toBe(404);
    expect((await get('/api/v1/monitors/mail-web')).body).toMatchObject({
      health: 'UP',
      uptime: { week: 1 },
    });
    expect((await get('/api/v1/monitors/none')).body.code).toBe('monitors.unknown');
  });

  test('an agent sees all of it, but never what may be a key', async () => {
    who = nina;
    const { body } = await get('/api/v1/monitors');
    who = ANONYMOUS;
    expect(body.monitors).toHaveLength(3);
    expect(body.monitors[0].target).toContain('127.0.0.1');
    expect(JSON.stringify(body)).not.toContain('hidden');
    expect(JSON.stringify(body)).not.toContain('nobody-guesses');
  });
});

describe('the status for existing clients', () => {
  test('has the shape that they read', async () => {
    const { body } = await get('/api/v2/summary.json');
    expect(body.page).toMatchObject({ name: 'Example', url: 'https://help.example.org', time_zone: 'UTC' });
    expect(body.status).toEqual({ indicator: 'none', description: 'Everything works' });
    expect(body.components).toMatchObject([
      { id: 'group:work', group: true, components: ['mail'], status: 'operational' },
      { id: 'mail', name: 'E-mail', group: false, group_id: 'group:work', status: 'operational' },
    ]);
    expect(body.incidents).toEqual([]);
    expect(body.scheduled_maintenances).toEqual([]);
    expect((await get('/api/v2/status.json?lang=ru')).body.status.description).toBe('Всё работает');
  });

  test('tells incidents and maintenance', async () => {
    who = nina;
    const text = { en: 'Slow', ru: 'Медленно' };
    const declared = await post('/api/v1/incidents', {
      title: text,
      text,
      services: ['mail'],
      impact: 'critical',
    });
    expect(declared.status).toBe(201);
    const now = Date.now();
    const window = { title: text, text, kind: 'adaptive', services: ['mail'] };
    await post('/api/v1/maintenances', { ...window, startsAt: now + 3_600_000, endsAt: now + 7_200_000 });
    who = ANONYMOUS;
    const { body } = await get('/api/v2/summary.json');
    expect(body.status.indicator).toBe('critical');
    expect(body.components[1].status).toBe('major_outage');
    expect(body.incidents[0]).toMatchObject({
      name: 'Slow',
      impact: 'critical',
      status: 'investigating',
      resolved_at: null,
      shortlink: `https://help.example.org/en/status/incidents/${declared.body.id}`,
      incident_updates: [{ body: 'Slow', status: 'investigating' }],
      components: [{ id: 'mail', name: 'E-mail' }],
    });
    expect(body.scheduled_maintenances[0]).toMatchObject({ status: 'scheduled', impact: 'maintenance' });
    expect(
      (await get('/api/v2/scheduled-maintenances/upcoming.json')).body.scheduled_maintenances,
    ).toHaveLength(1);
    expect((await get('/api/v2/scheduled-maintenances/active.json')).body.scheduled_maintenances).toEqual([]);

    expect((await post(`/api/v1/incidents/${declared.body.id}/joins`)).body).toEqual({ joined: 1 });
    who = nina;
    await post(`/api/v1/incidents/${declared.body.id}/updates`, { status: 'resolved', text });
    who = ANONYMOUS;
    expect((await get('/api/v2/incidents/unresolved.json')).body.incidents).toEqual([]);
    expect((await get('/api/v2/incidents.json')).body.incidents[0].resolved_at).toMatch(/^\d{4}-/);
  });
});

describe('what only agents may do', () => {
  test.each([
    ['/api/v1/incidents', { title: { en: 'x' }, text: { en: 'x' }, services: ['mail'], impact: 'minor' }],
    ['/api/v1/incidents/x/updates', { status: 'resolved', text: { en: 'x' } }],
    ['/api/v1/maintenances', {}],
  ])('POST %s', async (path, body) => {
    expect((await post(path, body)).status).toBe(401);
  });

  test.each([
    [{ title: {}, text: { en: 'x' }, services: ['mail'], impact: 'minor' }],
    [{ title: { en: 'x' }, text: { en: 'x' }, services: [], impact: 'minor' }],
    [{ title: { en: 'x' }, text: { en: 'x' }, services: ['mail'], impact: 'huge' }],
    [{ title: { en: 'x' }, text: { en: 'x' }, services: ['mail'], impact: 'minor', more: 1 }],
  ])('%j is refused', async (body) => {
    who = nina;
    const answer = await post('/api/v1/incidents', body);
    who = ANONYMOUS;
    expect(answer.status).toBe(422);
  });
});

describe('a job', () => {
  test('reports by its token', async () => {
    expect((await post('/api/v1/heartbeats/a-token-that-nobody-guesses')).status).toBe(200);
    await until(() => it.shown('backup') === 'UP');
    const failed = await post('/api/v1/heartbeats/a-token-that-nobody-guesses', {
      status: 'fail',
      message: 'disk',
    });
    expect(failed.status).toBe(200);
    expect((await post('/api/v1/heartbeats/a-token-that-is-not-right')).status).toBe(404);
    expect((await post('/api/v1/heartbeats/short')).status).toBe(422);
  });
});

describe('events', () => {
  test('say that something has changed, and end with the reader', async () => {
    const stopper = new AbortController();
    const answer = await app.request('/api/v1/events', { signal: stopper.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = answer.body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toContain('retry: 5000');
    const first = await read();
    expect(first).toContain('event: status');
    target.answer = (_req, res) => {
      res.statusCode = 500;
      res.end();
    };
    const next = await read();
    expect(next).toContain('event: status');
    expect(next).not.toBe(first);
    await reader?.cancel();
    stopper.abort();
  });

  test('are not for ever more readers of one network', async () => {
    const streams = await Promise.all(Array.from({ length: 60 }, () => app.request('/api/v1/events')));
    expect(streams.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(10);
    for (const stream of streams) await stream.body?.cancel();
    await until(async () => {
      const again = await app.request('/api/v1/events');
      await again.body?.cancel();
      return again.status === 200;
    });
  });
});
