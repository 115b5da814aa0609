import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHelp } from '../../src/help/help.ts';
import { helpRoutes } from '../../src/help/routes.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createRequestCookie } from '../../src/tickets/request-cookie.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type HttpApp, startHttpApp } from '../support/http-app.ts';
import { ALEX, SECRET, sampleOrganisation, testTickets } from '../tickets/support.ts';

const article = { id: 'a/b', title: 'B', url: '/en/articles/a/b/', summary: 's' };
let database: TestDatabase;
let app: HttpApp;
beforeAll(async () => {
  database = await openTestDatabase();
  const given = testTickets(database);
  const help = createHelp({
    ...given,
    config: { org: sampleOrganisation(), secret: SECRET, baseUrl: 'http://localhost' },
    log: { warn: () => {} },
    requestCookie: createRequestCookie(SECRET, 'http://localhost'),
    selfService: {
      search: async (_lang, query) => ({
        results: query.includes('known') ? [{ ...article, score: 1, terms: [] } as never] : [],
        fixes: [],
        incidents: [],
      }),
      incidents: async () => [],
    },
    audit: async () => {},
  });
  app = await startHttpApp({
    db: database.db,
    routers: [helpRoutes(help, systemClock)],
    people: [ALEX],
  });
});
afterAll(async () => {
  await app.stop();
  await database.remove();
});

const PATH = '/api/v1/help-requests';
interface Result {
  readonly id: string;
  readonly outcome: string;
  readonly ticket?: { readonly number: string; readonly url: string };
}
const sent = async (body: object, headers: Record<string, string> = {}): Promise<Result> => {
  const answer = await app.post('', PATH, { lang: 'en', ...body }, headers);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Result;
};

describe('asking for help over HTTP', () => {
  test('a known problem is answered with what fits, "still stuck" with a ticket', async () => {
    const first = await sent({ summary: 'a known problem' });
    expect(first).toMatchObject({
      outcome: 'suggest',
      suggestions: { articles: [{ id: 'a/b' }], fixes: [], incidents: [] },
    });
    const answer = await app.post('', `${PATH}/${first.id}/answers`, { answer: 'still-stuck' });
    expect(await answer.json()).toMatchObject({
      outcome: 'open',
      ticket: {
        number: expect.stringMatching(/^FL-\d+$/),
        url: expect.stringMatching(/^\/en\/requests\/FL-/),
      },
    });
  });

  test('twenty parallel posts with one Idempotency-Key get one number', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => sent({ summary: 'Nothing works' }, { 'idempotency-key': 'twenty' })),
    );
    expect(new Set(all.map(({ ticket }) => ticket?.number)).size).toBe(1);
    const other = await app.post('', PATH, { summary: 'Else', lang: 'en' }, { 'idempotency-key': 'twenty' });
    expect(other.status).toBe(409);
  });

  test('a contact may be an object or one line', async () => {
    for (const contact of [{ email: 'b@example.org' }, 'c@example.org', '+49 30 1234']) {
      expect((await sent({ summary: 'Nothing works', contact })).outcome).toBe('open');
    }
  });

  test.each<[string, unknown, number]>([
    ['no JSON', '{', 400],
    ['nothing', {}, 422],
    ['no summary', { lang: 'en' }, 422],
    ['a blank summary', { lang: 'en', summary: '  \u0007 ' }, 422],
    ['a wrong language', { lang: 'xx', summary: 'help me' }, 422],
    ['a long summary', { lang: 'en', summary: 'x'.repeat(301) }, 422],
    ['an invented channel', { lang: 'en', summary: 'help me', channel: 'pigeon' }, 422],
    ['a wrong address', { lang: 'en', summary: 'help me', contact: { email: 'nowhere' } }, 422],
    ['a path for a service', { lang: 'en', summary: 'help me', service: '../../etc' }, 422],
    ['huge', { lang: 'en', summary: 'help me', description: 'x'.repeat(300_000) }, 413],
  ])('%s is refused', async (_name, body, status) => {
    expect((await app.post('', PATH, body)).status).toBe(status);
  });

  test.each(['nonsense', crypto.randomUUID(), "' or 1=1 --"])('answers to %s find nothing', async (id) => {
    const answer = await app.post('', `${PATH}/${encodeURIComponent(id)}/answers`, { answer: 'solved' });
    expect([404, 422]).toContain(answer.status);
  });
});

describe('the trail', () => {
  const cookieOf = (answer: Response): string =>
    answer.headers
      .getSetCookie()
      .find((line) => line.includes('firstline.trail'))
      ?.split(';')[0] ?? '';
  const stepsOf = (cookie: string): { kind: string }[] =>
    JSON.parse(Buffer.from((cookie.split('=')[1] ?? '').split('~')[0] ?? '', 'base64url').toString() || '[]');
  const browser = { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-origin' };

  test('begins with a visit by a browser and goes on; programs get no cookie', async () => {
    expect((await app.call('', '/en/articles/a/b')).headers.getSetCookie()).toEqual([]);
    const first = await app.call('', '/en/articles/a/', { headers: browser });
    const line = first.headers.getSetCookie()[0] ?? '';
    expect(line).toMatch(/^__Host-firstline\.trail=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    const second = await app.call('', '/en/articles/a/b', {
      headers: { ...browser, cookie: cookieOf(first) },
    });
    expect(stepsOf(cookieOf(second))).toMatchObject([
      { kind: 'category', id: 'a' },
      { kind: 'article', id: 'a/b' },
    ]);
    const fetched = { ...browser, 'sec-fetch-dest': 'empty', cookie: cookieOf(second) };
    expect(cookieOf(await app.call('', '/en/articles/a/c', { headers: fetched }))).toBe('');
  });

  test('takes searches and votes from scripts, nothing else', async () => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const search = { kind: 'search', q: 'printer', lang: 'en', hits: 2 };
    const noted = await app.post('', '/api/v1/trail', search, headers);
    expect(noted.status).toBe(204);
    expect(stepsOf(cookieOf(noted))).toMatchObject([search]);
    for (const step of [
      { kind: 'fix', id: 'x', outcome: 'failed' },
      { ...search, hits: -1 },
      { kind: 'vote' },
      7,
    ]) {
      expect((await app.post('', '/api/v1/trail', step, headers)).status).toBe(422);
    }
  });

  test('that was changed by hand is thrown away', async () => {
    const first = cookieOf(await app.call('', '/en/articles/a/b', { headers: browser }));
    const forged = first.replace(/=./, '=X');
    const next = await app.call('', '/en/articles/a/c', { headers: { ...browser, cookie: forged } });
    expect(stepsOf(cookieOf(next))).toMatchObject([{ kind: 'article', id: 'a/c' }]);
  });

  test('is limited', async () => {
    const step = { kind: 'search', q: 'printer', lang: 'en', hits: 2 };
    const answers = await Promise.all(Array.from({ length: 80 }, () => app.post('', '/api/v1/trail', step)));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  test('reaches the ticket', async () => {
    const first = cookieOf(await app.call('', '/en/articles/a/b', { headers: browser }));
    const answer = await app.post('', PATH, { summary: 'Nothing works', lang: 'en' }, { cookie: first });
    const { ticket } = (await answer.json()) as Result;
    const event = await database.db.kysely
      .selectFrom('ticket_event')
      .innerJoin('ticket', 'ticket.id', 'ticket_event.ticket_id')
      .select('data')
      .where('number', '=', Number(ticket?.number.slice(3)))
      .where('kind', '=', 'opened')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(event.data)).toMatchObject({ trail: [{ kind: 'article', id: 'a/b' }] });
  });
});
