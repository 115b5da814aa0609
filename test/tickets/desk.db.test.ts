import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANONYMOUS } from '../../src/lib/who.ts';
import { escalationSchema, replySchema, resolutionSchema } from '../../src/tickets/commands.ts';
import { createDesk } from '../../src/tickets/desk.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { ADMIN, ALEX, NINA, newTicket, person, REZA, testTickets } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.remove());

let count = 0;
function setUp() {
  const given = testTickets(database);
  const desk = createDesk({
    ...given,
    audit: async (_tx, entry) => void given.audited.push(entry),
    isArticle: (id) => id === 'printing/grey',
  });
  const open = (over: Parameters<typeof newTicket>[0] = {}) =>
    given.db.tx((tx) => given.tickets.open(tx, newTicket({ key: `desk-${count++}`, ...over })));
  return { ...given, desk, open };
}

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing thrown',
    (error: unknown) => error,
  );
const reply = (over: Parameters<typeof replySchema.parse>[0] = {}) =>
  replySchema.parse({ text: 'We look at it.', ...(over as object) });

describe('who may', () => {
  test('strangers are asked to sign in, others are refused, by number they find nothing, and it is noted', async () => {
    const { desk, open, audited } = setUp();
    const { number } = await open();
    expect(await code(desk.admit(ANONYMOUS, number))).toMatchObject({ status: 401 });
    expect(await code(desk.admit(ALEX, undefined))).toMatchObject({ status: 403 });
    expect(await code(desk.admit(ALEX, number))).toMatchObject({ status: 404, code: 'tickets.not-found' });
    expect(audited.at(-1)).toMatchObject({ action: 'tickets.refused', actor: 'alex', subject: number });
    expect(await code(desk.admit(NINA, number))).toBe('nothing thrown');
    for (const who of [ANONYMOUS, ALEX]) {
      expect(await code(desk.get(who, number))).toMatchObject({ status: who === ALEX ? 403 : 401 });
      expect(await code(desk.note(who, number, 'mine'))).toMatchObject({ status: who === ALEX ? 403 : 401 });
    }
  });

  test.each(['FL-999999', 'nonsense', '', "1' or '1'='1", '9'.repeat(19)])(
    'the number %j is not found',
    async (number) => {
      const { desk } = setUp();
      expect(await code(desk.get(NINA, number))).toMatchObject({ status: 404 });
    },
  );
});

describe('claiming', () => {
  test('a hundred times two agents at once: one winner each, the loser learns the name', async () => {
    const { desk, open } = setUp();
    for (let round = 0; round < 100; round++) {
      const { number } = await open();
      const results = await Promise.allSettled([desk.claim(NINA, number, {}), desk.claim(REZA, number, {})]);
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(won).toHaveLength(1);
      expect(lost).toHaveLength(1);
      expect(lost[0]).toMatchObject({
        status: 409,
        code: 'tickets.already-claimed',
        params: { name: won[0]?.assignee?.name },
      });
    }
  });

  test('again by the same agent is no news; taking over needs to name the holder', async () => {
    const { desk, open } = setUp();
    const { number } = await open();
    await desk.claim(NINA, number, {});
    expect((await desk.claim(NINA, number, {})).version).toBe(2);
    expect(await code(desk.claim(REZA, number, { from: 'layla' }))).toMatchObject({ status: 409 });
    expect((await desk.claim(REZA, number, { from: 'nina' })).assignee?.login).toBe('reza');
    expect(await code(desk.release(NINA, number))).toMatchObject({ code: 'tickets.not-yours' });
    expect((await desk.release(REZA, number)).assignee).toBeUndefined();
  });
});

describe('answering', () => {
  test('reaches the requester by mail, once, though it is sent twice with one key', async () => {
    const { desk, open, sent } = setUp();
    const { number } = await open();
    await desk.reply(NINA, number, reply(), 'key-1');
    const view = await desk.reply(NINA, number, reply(), 'key-1');
    expect(view.events.filter(({ kind }) => kind === 'replied')).toHaveLength(1);
    const mails = sent.filter(({ kind }) => kind === 'tickets.replied');
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ to: 'alex@example.org', lang: 'en' });
    expect(mails[0]?.paragraphs).toContain('We look at it.');
  });

  test('that crosses another answer asks first, and goes through when confirmed', async () => {
    const { desk, open, clock } = setUp();
    const { number } = await open();
    const seen = (await desk.get(REZA, number)).version;
    await desk.reply(NINA, number, reply());
    clock.pass(4_000);
    expect(await code(desk.reply(REZA, number, reply({ seen })))).toMatchObject({
      status: 409,
      code: 'tickets.reply-crossed',
      params: { name: NINA.name, seconds: 4 },
    });
    const view = await desk.reply(REZA, number, reply({ seen, confirm: true }));
    expect(view.events.filter(({ kind }) => kind === 'replied')).toHaveLength(2);
  });

  test('with a question makes it wait for the requester; the next answer ends the waiting', async () => {
    const { desk, open } = setUp();
    const { number } = await open();
    expect(await desk.reply(NINA, number, reply({ waitFor: 'requester' }))).toMatchObject({
      state: 'waiting',
      waitingFor: 'requester',
    });
    expect(await desk.reply(NINA, number, reply())).toMatchObject({ state: 'open' });
  });

  test('a note is for agents: no mail, and not in the conversation', async () => {
    const { desk, open, sent } = setUp();
    const { number } = await open();
    const before = sent.length;
    const view = await desk.note(NINA, number, 'he sounds angry');
    expect(view.events.at(-1)).toMatchObject({ kind: 'noted', text: 'he sounds angry' });
    expect(sent).toHaveLength(before);
  });
});

describe('escalating', () => {
  test('without hand-over notes is refused with what is missing', async () => {
    const { desk, open } = setUp();
    const { number } = await open();
    const empty = escalationSchema.parse({ to: 'L2', tried: 'restarted it' });
    expect(await code(desk.escalate(NINA, number, empty))).toMatchObject({
      status: 422,
      code: 'tickets.handover-incomplete',
      params: { missing: 'findings, need' },
    });
  });

  test('with notes moves the tier and frees the ticket; back down needs only a reason', async () => {
    const { desk, open } = setUp();
    const { number } = await open();
    await desk.claim(NINA, number, {});
    const notes = { tried: 'restarted it', findings: 'the drum is worn', need: 'a new drum' };
    const up = await desk.escalate(NINA, number, escalationSchema.parse({ to: 'L2', ...notes }));
    expect(up).toMatchObject({ tier: 'L2', state: 'open' });
    expect(up.assignee).toBeUndefined();
    const same = escalationSchema.parse({ to: 'L2', ...notes });
    expect(await code(desk.escalate(REZA, number, same))).toMatchObject({ code: 'tickets.same-tier' });
    const back = escalationSchema.parse({ to: 'L1', reason: 'returned', need: 'only needs paper' });
    expect(await desk.escalate(REZA, number, back)).toMatchObject({ tier: 'L1' });
  });
});

describe('solving', () => {
  const solve = (over: object) => resolutionSchema.parse({ cause: 'hardware', text: 'New drum.', ...over });

  test('needs a cause and an article that exists or a reason for none', async () => {
    const { desk, open, sent } = setUp();
    const { number } = await open();
    expect(await code(desk.resolve(NINA, number, solve({})))).toMatchObject({
      code: 'tickets.knowledge-missing',
    });
    expect(await code(desk.resolve(NINA, number, solve({ article: 'no/such' })))).toMatchObject({
      code: 'tickets.no-such-article',
    });
    const solved = await desk.resolve(NINA, number, solve({ article: 'printing/grey' }));
    expect(solved).toMatchObject({ state: 'solved', resolution: { cause: 'hardware' } });
    expect(sent.at(-1)).toMatchObject({ kind: 'tickets.solved' });
    expect(await code(desk.resolve(NINA, number, solve({ oneOff: 'odd one' })))).toMatchObject({
      code: 'tickets.already-over',
    });
  });

  test('can be taken back for seven days', async () => {
    const { desk, open, clock } = setUp();
    const { number } = await open();
    await desk.resolve(NINA, number, solve({ oneOff: 'odd one' }));
    clock.pass(7 * 86_400_000);
    expect(await desk.reopen(NINA, number, 'again')).toMatchObject({ state: 'open' });
    await desk.resolve(NINA, number, solve({ oneOff: 'odd one' }));
    clock.pass(7 * 86_400_000 + 1);
    expect(await code(desk.reopen(NINA, number, 'again'))).toMatchObject({
      code: 'tickets.too-late-to-reopen',
    });
  });

  test('closes by itself after three days, once, whatever the beat does', async () => {
    const { desk, open, tickets, clock } = setUp();
    const { number } = await open();
    await desk.resolve(NINA, number, solve({ oneOff: 'odd one' }));
    clock.pass(3 * 86_400_000 - 1);
    await tickets.beat();
    expect((await desk.get(NINA, number)).state).toBe('solved');
    clock.pass(1);
    await Promise.all([tickets.beat(), tickets.beat()]);
    const view = await desk.get(NINA, number);
    expect(view.state).toBe('closed');
    expect(view.events.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
  });
});

describe('the queue', () => {
  beforeEach(async () => {
    for (const table of ['ticket_alarm', 'ticket_event', 'ticket'] as const) {
      await database.db.kysely.deleteFrom(table).execute();
    }
  });
  const query = (over: object = {}) => ({ limit: 25, offset: 0, ...over });

  test('has what falls due first on top, and filters by tier, state, holder and words', async () => {
    const { desk, open } = setUp();
    const late = await open({ summary: 'Slow laptop', impact: 3, urgency: 3 });
    const urgent = await open({ summary: 'چاپگر کار نمی‌کند', lang: 'fa', impact: 1, urgency: 1 });
    const other = await open({ summary: '100% CPU_load', tier: 'L2' });
    await desk.claim(NINA, late.number, {});
    const numbers = async (over: object) =>
      (await desk.list(NINA, query(over))).tickets.map(({ number }) => number);
    expect((await numbers({}))[0]).toBe(urgent.number);
    expect(await numbers({ tier: 'L2' })).toEqual([other.number]);
    expect(await numbers({ assignee: 'me' })).toEqual([late.number]);
    expect(await numbers({ assignee: 'none', tier: 'L1' })).toEqual([urgent.number]);
    expect(await numbers({ state: 'open' })).toEqual([late.number]);
    expect(await numbers({ q: 'چاپگر كار' })).toEqual([urgent.number]);
    expect(await numbers({ q: 'SLOW' })).toEqual([late.number]);
    expect(await numbers({ q: '100%' })).toEqual([other.number]);
    expect(await numbers({ q: 'CPU_' })).toEqual([other.number]);
    expect(await numbers({ q: late.number.toLowerCase() })).toEqual([late.number]);
    expect(await numbers({ q: "'; drop table ticket; --" })).toEqual([]);
    const page = await desk.list(NINA, query({ limit: 1, offset: 1 }));
    expect(page.tickets).toHaveLength(1);
    expect(page.total).toBe(3);
    expect(await desk.queues(ADMIN)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ tier: 'L1', active: 2, unclaimed: 1 }),
        expect.objectContaining({ tier: 'L2', active: 1, unclaimed: 1 }),
      ]),
    );
    expect(await code(desk.list(person('ivan', 'editor'), query()))).toMatchObject({ status: 403 });
  });
});
