import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SelfService } from '../../src/help/gather.ts';
import { createHelp } from '../../src/help/help.ts';
import { helpRequestSchema } from '../../src/help/schema.ts';
import { ANONYMOUS, type Who } from '../../src/lib/who.ts';
import { createRequestCookie } from '../../src/tickets/request-cookie.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { ALEX, NINA, person, SECRET, sampleOrganisation, testTickets } from '../tickets/support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.remove());

const BASE = 'http://localhost:4321';
const article = {
  id: 'printing/grey',
  title: 'Grey pages',
  url: '/en/articles/printing/grey/',
  summary: 'Change the toner.',
};
const incident = {
  id: 'i1',
  url: '/en/status/incidents/i1',
  title: 'Printing is down',
  services: ['printing'],
  serviceNames: ['Printing'],
  since: 5,
};
const answering = (found: object = {}): SelfService => ({
  search: async () => ({ results: [], fixes: [], incidents: [], ...found }),
  incidents: async () => [],
});
const WITH_ARTICLE = answering({ results: [article] });
const WITH_INCIDENT: SelfService = { ...answering(), incidents: async () => [incident] };

let addresses = 0;
function setUp(selfService: SelfService = answering()) {
  const given = testTickets(database);
  const requestCookie = createRequestCookie(SECRET, BASE);
  const joined: string[][] = [];
  const help = createHelp({
    ...given,
    config: { org: sampleOrganisation(), secret: SECRET, baseUrl: BASE },
    log: { warn: () => {} },
    requestCookie,
    selfService,
    audit: async (_tx, entry) => void given.audited.push(entry),
    joinIncident: async (...call) => void joined.push(call),
  });
  const ip = `192.0.${++addresses >> 8}.${addresses & 255}`;
  const visitor = (who: Who = ANONYMOUS, cookies: string | null = null) => ({ who, ip, cookies, trail: [] });
  const ask = (over: object = {}) =>
    helpRequestSchema.parse({ summary: 'The printer prints grey', lang: 'en', ...over });
  return { ...given, help, requestCookie, joined, visitor, ask };
}

const cookiesOf = (lines: readonly string[]): string => lines.map((line) => line.split(';')[0]).join('; ');
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing thrown',
    (error: unknown) => error,
  );

describe('asking for help', () => {
  test('twenty times at once with one key is one request and one ticket', async () => {
    const { help, visitor, ask, db } = setUp();
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => help.submit(visitor(ALEX), ask(), 'double-click')),
    );
    expect(new Set(replies.map(({ result }) => result.ticket?.number)).size).toBe(1);
    expect(new Set(replies.map(({ result }) => result.id)).size).toBe(1);
    const rows = await db.kysely
      .selectFrom('ticket')
      .select('number')
      .where('key', '=', `help:${replies[0]?.result.id}`)
      .execute();
    expect(rows).toHaveLength(1);
  });

  test('with a key that was used for something else is refused, also for nobody else', async () => {
    const { help, visitor, ask } = setUp();
    await help.submit(visitor(), ask(), 'k');
    expect(await failure(help.submit(visitor(), ask({ summary: 'Another thing' }), 'k'))).toMatchObject({
      status: 409,
      code: 'help.key-reused',
    });
    const other = setUp();
    const reply = await other.help.submit(other.visitor(), ask({ summary: 'Another thing' }), 'k');
    expect(reply.result.outcome).toBe('open');
  });

  test('carries everything into the ticket: trail, rule, what was shown, since when', async () => {
    const { help, visitor, ask, tickets, clock } = setUp(WITH_ARTICLE);
    const trail = [
      { kind: 'search', at: 1, q: 'grey', lang: 'en', hits: 2 },
      { kind: 'article', at: 2, id: 'printing/grey' },
    ] as const;
    const { result } = await help.submit(
      { ...visitor(ALEX), trail },
      ask({ service: 'printing' }),
      undefined,
    );
    expect(result).toMatchObject({ outcome: 'open', rule: 'trail-complete' });
    const loaded = await tickets.read(Number(result.ticket?.number.slice(3)));
    expect(loaded?.ticket.opened).toMatchObject({
      summary: 'The printer prints grey',
      service: 'printing',
      channel: 'portal',
      requester: { login: 'alex', email: 'alex@example.org' },
      trail,
      since: clock.now(),
      evidence: { rule: 'trail-complete', shown: { articles: [{ id: 'printing/grey' }] } },
    });
  });

  test('keeps the trail to itself when the person wants that', async () => {
    const { help, visitor, ask, tickets } = setUp();
    const trail = [{ kind: 'search', at: 1, q: 'my secret', lang: 'en', hits: 0 }] as const;
    const { result } = await help.submit({ ...visitor(), trail }, ask({ shareTrail: false }), undefined);
    const loaded = await tickets.read(Number(result.ticket?.number.slice(3)));
    expect(JSON.stringify(loaded)).not.toContain('my secret');
  });

  test('self-service that fails or hangs does not stand in the way', async () => {
    const failing: SelfService = { ...answering(), search: () => Promise.reject(new Error('no index')) };
    const hanging: SelfService = { ...answering(), search: () => new Promise(() => {}) };
    for (const selfService of [failing, hanging]) {
      const { help, visitor, ask } = setUp(selfService);
      const { result } = await help.submit(visitor(), ask(), undefined);
      expect(result).toMatchObject({ outcome: 'open', rule: 'self-service-down' });
    }
  });

  test('an emergency does not even ask it, and is P1', async () => {
    const never: SelfService = {
      search: () => Promise.reject(new Error('must not be asked')),
      incidents: () => Promise.reject(new Error('must not be asked')),
    };
    const { help, visitor, ask, tickets } = setUp(never);
    const { result } = await help.submit(visitor(), ask({ emergency: 'lost-device' }), undefined);
    const loaded = await tickets.read(Number(result.ticket?.number.slice(3)));
    expect(loaded?.ticket.priority).toBe('P1');
    expect(loaded?.ticket.opened.evidence).toMatchObject({ emergency: 'lost-device', troubles: [] });
  });
});

describe('answers', () => {
  test('an article helps: solved, no ticket; coming back with the same thing undoes that', async () => {
    const { help, visitor, ask, db } = setUp(WITH_ARTICLE);
    const sam = person('sam', 'staff');
    const { result } = await help.submit(visitor(sam), ask(), undefined);
    expect(result.suggestions.articles).toEqual([article]);
    const solved = await help.answer(visitor(sam), result.id, { answer: 'solved', target: 'printing/grey' });
    expect(solved.result).toMatchObject({ outcome: 'solved' });
    expect(solved.result.ticket).toBeUndefined();
    const again = await help.submit(visitor(person('tim', 'staff')), ask(), undefined);
    const tim = visitor(person('tim', 'staff'));
    await help.answer(tim, again.result.id, { answer: 'solved' });
    const after = await help.answer(tim, again.result.id, { answer: 'still-stuck' });
    expect(after.result.outcome).toBe('open');
    await help.submit(visitor(sam), ask({ summary: 'Grey pages again' }), undefined);
    const row = await db.kysely
      .selectFrom('help_request')
      .select('undone_at')
      .where('id', '=', result.id)
      .executeTakeFirstOrThrow();
    expect(row.undone_at).not.toBeNull();
  });

  test('still stuck: a ticket, once, however often it is pressed', async () => {
    const { help, visitor, ask } = setUp(WITH_ARTICLE);
    const { result } = await help.submit(visitor(), ask(), undefined);
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => help.answer(visitor(), result.id, { answer: 'still-stuck' })),
    );
    expect(new Set(replies.map((reply) => reply.result.ticket?.number)).size).toBe(1);
  });

  test('a known incident is joined without a ticket; "different" is linked as possibly related', async () => {
    const { help, visitor, ask, joined, tickets } = setUp(WITH_INCIDENT);
    const first = await help.submit(visitor(ALEX), ask({ service: 'printing' }), undefined);
    expect(first.result).toMatchObject({ outcome: 'suggest', rule: 'known-incident' });
    const yes = await help.answer(visitor(ALEX), first.result.id, { answer: 'joined' });
    expect(yes.result.outcome).toBe('joined');
    expect(yes.result.ticket).toBeUndefined();
    expect(joined).toEqual([['i1', 'person:alex']]);
    const second = await help.submit(visitor(), ask({ service: 'printing' }), undefined);
    const no = await help.answer(visitor(), second.result.id, { answer: 'different', target: 'i1' });
    expect(no.result.outcome).toBe('open');
    const loaded = await tickets.read(Number(no.result.ticket?.number.slice(3)));
    expect(loaded?.events.at(-1)).toMatchObject({ kind: 'linked', to: 'incident', id: 'i1' });
  });

  test('what was not offered cannot be joined, and nothing can be declined without a reason', async () => {
    const { help, visitor, ask, tickets, db } = setUp(WITH_INCIDENT);
    const foreign = await db.tx((tx) =>
      tickets.open(tx, {
        key: 'foreign',
        summary: 'x',
        lang: 'en',
        channel: 'portal',
        impact: 3,
        urgency: 3,
        by: 'sara',
      }),
    );
    const { result } = await help.submit(visitor(), ask({ service: 'printing' }), undefined);
    for (const target of [foreign.number, 'i2', '']) {
      const attempt = help.answer(visitor(), result.id, { answer: 'joined', target });
      expect(await failure(attempt)).toMatchObject({ status: 422, code: 'help.not-offered' });
    }
    const declining = help.answer(visitor(), result.id, { answer: 'declined', target: 'f' });
    expect(await failure(declining)).toMatchObject({ status: 422, code: 'help.reason-missing' });
  });

  test('an own ticket about it is offered and reopened; a stranger sees none of it', async () => {
    const { help, visitor, ask, tickets, db, clock } = setUp();
    const lena = person('lena', 'staff');
    const first = await help.submit(visitor(lena), ask({ service: 'vpn' }), undefined);
    const number = first.result.ticket?.number ?? '';
    await db.tx((tx) =>
      tickets.act(tx, {
        number: Number(number.slice(3)),
        by: 'nina',
        verb: 'resolve',
        decide: () => [
          {
            kind: 'solved',
            name: 'Nina',
            cause: 'other',
            knowledge: { kind: 'one-off', reason: 'r' },
            text: 't',
          },
        ],
      }),
    );
    clock.pass(24 * 3_600_000);
    const stranger = await help.submit(visitor(person('mina', 'staff')), ask({ service: 'vpn' }), undefined);
    expect(stranger.result.suggestions.tickets).toEqual([]);
    const again = await help.submit(visitor(lena), ask({ service: 'vpn', summary: 'VPN again' }), undefined);
    expect(again.result).toMatchObject({ outcome: 'suggest', rule: 'duplicate' });
    expect(again.result.suggestions.tickets).toMatchObject([{ number, state: 'solved' }]);
    const joined = await help.answer(visitor(lena), again.result.id, { answer: 'joined', target: number });
    expect(joined.result).toMatchObject({ outcome: 'joined', ticket: { number } });
    expect((await tickets.read(Number(number.slice(3))))?.ticket).toMatchObject({
      state: 'open',
      reopened: 1,
    });
    clock.pass(73 * 3_600_000);
  });

  test('somebody else cannot answer for a signed-in person; unknown ids are not found', async () => {
    const { help, visitor, ask } = setUp(WITH_ARTICLE);
    const { result } = await help.submit(visitor(ALEX), ask({ service: 'mail' }), undefined);
    for (const who of [ANONYMOUS, person('sara', 'staff')]) {
      const attempt = help.answer(visitor(who), result.id, { answer: 'still-stuck' });
      expect(await failure(attempt)).toMatchObject({ status: 404 });
    }
    const nowhere = help.answer(visitor(ALEX), crypto.randomUUID(), { answer: 'solved' });
    expect(await failure(nowhere)).toMatchObject({ status: 404 });
  });

  test('the ticket is shown to the browser that asked, not to whoever knows the id', async () => {
    const { help, visitor, ask, requestCookie } = setUp(WITH_ARTICLE);
    const { result, setCookies } = await help.submit(visitor(), ask(), undefined);
    const other = await help.answer(visitor(), result.id, { answer: 'still-stuck' });
    expect(other.setCookies).toEqual([]);
    expect(await help.result(visitor(), result.id)).toBeUndefined();
    const own = visitor(ANONYMOUS, cookiesOf(setCookies));
    expect((await help.result(own, result.id))?.outcome).toBe('open');
    const again = await help.answer(own, result.id, { answer: 'still-stuck' });
    expect(requestCookie.read(cookiesOf(again.setCookies))).toHaveLength(1);
  });
});

describe('limits', () => {
  test('the sixth open request of a person waits for somebody to look, an emergency does not', async () => {
    const { help, visitor, ask } = setUp();
    const busy = person('busy', 'staff');
    for (let i = 0; i < 5; i++) {
      const { result } = await help.submit(visitor(busy), ask({ service: `s-${i}` }), undefined);
      expect(result.outcome).toBe('open');
    }
    const sixth = await help.submit(visitor(busy), ask({ service: 'other', summary: 'Sixth' }), undefined);
    expect(sixth.result).toMatchObject({ outcome: 'deferred', rule: 'limits' });
    const emergency = await help.submit(visitor(busy), ask({ emergency: true }), undefined);
    expect(emergency.result.outcome).toBe('open');
    expect((await help.deferred(NINA)).map(({ id }) => id)).toContain(sixth.result.id);
    expect(await failure(help.deferred(ALEX))).toMatchObject({ status: 403 });
    const accepted = await help.accept(NINA, sixth.result.id);
    expect(accepted).toMatchObject({ outcome: 'open', rule: 'agent' });
    expect((await help.accept(NINA, sixth.result.id)).ticket).toEqual(accepted.ticket);
  });

  test('a request that a crash left undecided becomes a ticket', async () => {
    const { help, visitor, ask, db, clock } = setUp(WITH_ARTICLE);
    const { result } = await help.submit(visitor(), ask(), undefined);
    await db.kysely
      .updateTable('help_request')
      .set({ outcome: null, rule: null, result: null, found: null })
      .where('id', '=', result.id)
      .execute();
    await help.beat();
    clock.pass(61_000);
    await Promise.all([help.beat(), help.beat()]);
    const rows = await db.kysely
      .selectFrom('ticket')
      .select('number')
      .where('key', '=', `help:${result.id}`)
      .execute();
    expect(rows).toHaveLength(1);
  });
});
