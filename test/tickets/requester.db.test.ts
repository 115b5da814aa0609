import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANONYMOUS, type Who } from '../../src/lib/who.ts';
import { createRequestCookie } from '../../src/tickets/request-cookie.ts';
import { createRequests } from '../../src/tickets/requester.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { ALEX, NINA, newTicket, person, SECRET, testTickets } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.remove());

let count = 0;
async function setUp(over: Parameters<typeof newTicket>[0] = {}) {
  const given = testTickets(database);
  const cookie = createRequestCookie(SECRET, 'http://localhost:4321');
  const requests = createRequests({
    ...given,
    cookie,
    audit: async (_tx, entry) => void given.audited.push(entry),
  });
  const { number } = await given.db.tx((tx) =>
    given.tickets.open(tx, newTicket({ key: `request-${count++}`, ...over })),
  );
  const as = (who: Who, cookies: string | null = null) => ({ who, cookies });
  const agentSays = (facts: Parameters<typeof given.tickets.act>[1]['decide']) =>
    given.db.tx((tx) =>
      given.tickets.act(tx, { number: Number(number.slice(3)), by: 'nina', verb: 'test', decide: facts }),
    );
  return { ...given, cookie, requests, number, as, agentSays };
}

const status = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 200,
    (error: { status?: number }) => error.status,
  );
const cookiePart = (line: string | undefined): string => line?.split(';')[0] ?? '';

describe('who may see a request', () => {
  test('its requester, agents, and nobody else; refusals are noted', async () => {
    const { requests, number, as, audited } = await setUp();
    expect(await status(requests.view(as(ALEX), number))).toBe(200);
    expect(await status(requests.view(as(NINA), number))).toBe(200);
    expect(await status(requests.view(as(person('sara', 'staff')), number))).toBe(404);
    expect(await status(requests.view(as(ANONYMOUS), number))).toBe(404);
    expect(audited.filter(({ action }) => action === 'tickets.refused').map(({ actor }) => actor)).toEqual([
      'sara',
      'anonymous',
    ]);
    expect(await status(requests.view(as(ANONYMOUS), 'FL-999999'))).toBe(404);
  });

  test('a stranger cannot answer, close, reopen or rate either', async () => {
    const { requests, number, as } = await setUp();
    const stranger = as(person('sara', 'staff'));
    const tries = [
      requests.reply(stranger, number, 'hello'),
      requests.close(stranger, number),
      requests.reopen(stranger, number, 'again'),
      requests.rate(stranger, number, { score: 1, comment: '' }),
    ];
    expect(await Promise.all(tries.map(status))).toEqual([404, 404, 404, 404]);
  });

  test('the browser in which it was opened, by a cookie that nobody else can make', async () => {
    const { requests, number, as } = await setUp({ requester: { name: 'Somebody' } });
    const line = requests.cookieFor(number, null) ?? '';
    expect(line).toMatch(/^__Host-firstline\.requests=.*; Path=\/; HttpOnly; SameSite=Lax; Secure/);
    expect(await status(requests.view(as(ANONYMOUS, cookiePart(line)), number))).toBe(200);
    const other = cookiePart(line).replace(/=\d+/, '=1001');
    expect(await status(requests.view(as(ANONYMOUS, `${other}x`), 'FL-1001'))).toBe(404);
  });

  test('whoever holds the mail: its key opens this ticket, no other one, and not for ever', async () => {
    const { requests, number, as, sent, clock } = await setUp();
    const url = new URL(sent.at(-1)?.action?.url ?? '');
    expect(url.pathname).toBe(`/en/requests/${number}`);
    const key = url.searchParams.get('key') ?? '';
    const line = requests.exchange(number, key, null);
    expect(await status(requests.view(as(ANONYMOUS, cookiePart(line)), number))).toBe(200);
    expect(requests.exchange('FL-1001', key, null)).toBeUndefined();
    expect(requests.exchange(number, `${key.slice(0, -2)}zz`, null)).toBeUndefined();
    expect(requests.exchange(number, 'zzzzzzz.', null)).toBeUndefined();
    clock.pass(91 * 86_400_000);
    expect(requests.exchange(number, key, null)).toBeUndefined();
  });

  test('the cookie of one more request keeps the others', async () => {
    const { cookie, requests, number, as } = await setUp();
    const first = cookiePart(requests.cookieFor('FL-7', null));
    const both = cookiePart(requests.cookieFor(number, first));
    expect(cookie.read(both)).toEqual([Number(number.slice(3)), 7]);
    const mine = await requests.mine(as(ANONYMOUS, both));
    expect(mine.map((line) => line.number)).toContain(number);
  });
});

describe('what they see and say', () => {
  test('public words only: no notes, no evidence, no escalation texts', async () => {
    const { requests, number, as, agentSays } = await setUp({ evidence: { secretNote: 'machine' } });
    const handover = { reason: 'skill', tried: 'all', findings: 'odd', need: 'help' } as const;
    await agentSays(() => [
      { kind: 'noted', name: 'Nina', text: 'he sounds angry' },
      { kind: 'replied', from: 'agent', name: 'Nina', text: 'We look at it.' },
      { kind: 'escalated', from: 'L1', to: 'L2', handover },
    ]);
    const view = await requests.view(as(ALEX), number);
    expect(view.conversation.map(({ kind }) => kind)).toEqual(['reply', 'escalation']);
    expect(JSON.stringify(view)).not.toMatch(/angry|machine|odd/);
  });

  test('a word to a solved request reopens it; closing and rating are possible', async () => {
    const { requests, number, as, agentSays } = await setUp();
    expect(await status(requests.rate(as(ALEX), number, { score: 5, comment: '' }))).toBe(409);
    await agentSays(() => [
      {
        kind: 'solved',
        name: 'Nina',
        cause: 'hardware',
        knowledge: { kind: 'one-off', reason: 'odd' },
        text: 'New drum.',
      },
    ]);
    expect(await requests.reply(as(ALEX), number, 'Still grey')).toMatchObject({
      state: 'open',
      isOver: false,
    });
    expect(await requests.close(as(ALEX), number)).toMatchObject({ state: 'closed' });
    const rated = await requests.rate(as(ALEX), number, { score: 4, comment: 'quick' });
    expect(rated.rating).toEqual({ score: 4, comment: 'quick' });
  });

  test('a double click is one message; a flood is stopped', async () => {
    const { requests, number, as } = await setUp();
    await requests.reply(as(ALEX), number, 'one', 'k');
    const view = await requests.reply(as(ALEX), number, 'one', 'k');
    expect(view.conversation).toHaveLength(1);
    for (let i = 0; i < 29; i++) await requests.reply(as(ALEX), number, `more ${i}`);
    expect(await status(requests.reply(as(ALEX), number, 'too much'))).toBe(429);
  });
});
