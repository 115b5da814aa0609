import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDesk } from '../../src/tickets/desk.ts';
import { ticketRoutes } from '../../src/tickets/routes.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type HttpApp, startHttpApp } from '../support/http-app.ts';
import { ALEX, NINA, newTicket, REZA, testTickets } from './support.ts';

let database: TestDatabase;
let app: HttpApp;
let number: string;
let open: () => Promise<string>;
beforeAll(async () => {
  database = await openTestDatabase();
  const given = testTickets(database);
  const desk = createDesk({
    ...given,
    audit: async (_tx, entry) => void given.audited.push(entry),
    isArticle: () => true,
  });
  app = await startHttpApp({
    db: database.db,
    routers: [ticketRoutes(desk)],
    people: [NINA, REZA, ALEX],
  });
  let count = 0;
  open = async () =>
    (await given.db.tx((tx) => given.tickets.open(tx, newTicket({ key: `http-${count++}` })))).number;
  number = await open();
});
afterAll(async () => {
  await app.stop();
  await database.remove();
});

const problem = async (answer: Promise<Response>) => {
  const response = await answer;
  const body = (await response.json()) as { code: string; params?: object; errors?: { path: string }[] };
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return { status: response.status, ...body };
};

describe('the door', () => {
  test.each([
    ['GET', '/api/v1/tickets'],
    ['GET', '/api/v1/tickets/FL-1001'],
    ['POST', '/api/v1/tickets/FL-1001/claim'],
    ['POST', '/api/v1/tickets/FL-1001/replies'],
    ['POST', '/api/v1/tickets/FL-1001/notes'],
    ['POST', '/api/v1/tickets/FL-1001/escalate'],
    ['POST', '/api/v1/tickets/FL-1001/resolve'],
    ['POST', '/api/v1/tickets/FL-1001/reopen'],
  ])(
    '%s %s: 401 for strangers, and for people who are no agents 403 or nothing there',
    async (method, path) => {
      expect(await problem(app.call('', path, { method }))).toMatchObject({
        status: 401,
        code: 'access.sign-in-required',
      });
      expect(await problem(app.call('alex', path, { method }))).toMatchObject(
        path.endsWith('tickets') ? { status: 403 } : { status: 404, code: 'tickets.not-found' },
      );
    },
  );
});

describe('agents', () => {
  test('read the queue and one ticket, and nothing of it is kept by caches', async () => {
    const list = await app.call('nina', '/api/v1/tickets?tier=L1&state=active&limit=5');
    expect(list.headers.get('cache-control')).toBe('no-store');
    expect(await list.json()).toMatchObject({ total: expect.any(Number), tickets: [{ tier: 'L1' }] });
    const one = await app.call('nina', `/api/v1/tickets/${number}`);
    expect(await one.json()).toMatchObject({
      number,
      state: 'new',
      clocks: [{ clock: 'first-response', status: 'running' }, {}, {}],
    });
  });

  test('claim, answer, note, pass on, solve, reopen', async () => {
    const ticket = await open();
    const path = (action: string) => `/api/v1/tickets/${ticket}/${action}`;
    const step = async (login: string, action: string, body: object) => {
      const answer = await app.post(login, path(action), body);
      return (await answer.json()) as { state: string; tier: string; assignee?: { login: string } };
    };
    expect(await step('nina', 'claim', {})).toMatchObject({ state: 'open', assignee: { login: 'nina' } });
    expect(await problem(app.post('reza', path('claim'), {}))).toMatchObject({
      status: 409,
      code: 'tickets.already-claimed',
      params: { name: NINA.name },
    });
    expect(await step('nina', 'replies', { text: 'Hello', waitFor: 'requester' })).toMatchObject({
      state: 'waiting',
    });
    await step('nina', 'notes', { text: 'toner?' });
    expect(await problem(app.post('nina', path('escalate'), { to: 'L2' }))).toMatchObject({
      status: 422,
      code: 'tickets.handover-incomplete',
      params: { missing: 'tried, findings, need' },
    });
    const notes = { to: 'L2', tried: 'toner', findings: 'drum', need: 'new drum' };
    expect(await step('nina', 'escalate', notes)).toMatchObject({ tier: 'L2' });
    expect(
      await problem(app.post('reza', path('resolve'), { cause: 'hardware', text: 'Done' })),
    ).toMatchObject({
      status: 422,
      code: 'tickets.knowledge-missing',
    });
    const solution = { cause: 'hardware', text: 'Done', oneOff: 'this drum only' };
    expect(await step('reza', 'resolve', solution)).toMatchObject({ state: 'solved' });
    expect(await step('reza', 'reopen', { text: 'not yet' })).toMatchObject({ state: 'open' });
  });

  test('claim without a body', async () => {
    const ticket = await open();
    const answer = await app.call('nina', `/api/v1/tickets/${ticket}/claim`, { method: 'POST' });
    expect(answer.status).toBe(200);
  });

  test('two at once: one 200, one 409', async () => {
    const ticket = await open();
    const answers = await Promise.all(
      ['nina', 'reza'].map((login) => app.post(login, `/api/v1/tickets/${ticket}/claim`, {})),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('a reply sent twice with one key is one reply', async () => {
    const ticket = await open();
    const send = () =>
      app.post('nina', `/api/v1/tickets/${ticket}/replies`, { text: 'Hi' }, { 'idempotency-key': 'a' });
    await Promise.all([send(), send(), send()]);
    const view = (await (await app.call('nina', `/api/v1/tickets/${ticket}`)).json()) as {
      events: { kind: string }[];
    };
    expect(view.events.filter(({ kind }) => kind === 'replied')).toHaveLength(1);
  });
});

describe('bad input', () => {
  test.each<[string, unknown, number]>([
    ['no JSON', '{"text":', 400],
    ['nothing', {}, 422],
    ['blank', { text: '   \n\u0000' }, 422],
    ['a number for text', { text: 7 }, 422],
    ['too long', { text: 'x'.repeat(20_001) }, 422],
    ['unknown keys', { text: 'a', admin: true }, 422],
    ['a list', [1, 2], 422],
    ['huge', { text: 'x'.repeat(300_000) }, 413],
  ])('%s is refused', async (_name, body, status) => {
    const answer = await app.post('nina', `/api/v1/tickets/${number}/replies`, body);
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toMatch(/stack|at .*\.ts/);
  });

  test.each([
    'tier=L9',
    'state=gone',
    'limit=0',
    'limit=x',
    'offset=-1',
    'surprise=1',
    `q=${'x'.repeat(201)}`,
  ])('the query %s is refused', async (query) => {
    expect(await problem(app.call('nina', `/api/v1/tickets?${query}`))).toMatchObject({
      status: 422,
      code: 'request.invalid',
    });
  });

  test('markup in a reply stays text', async () => {
    const ticket = await open();
    const text = '<script>alert(1)</script> & "quotes" \u202e';
    const answer = await app.post('nina', `/api/v1/tickets/${ticket}/replies`, { text });
    const view = (await answer.json()) as { events: { text?: string }[] };
    expect(view.events.at(-1)?.text).toBe(text);
  });
});
