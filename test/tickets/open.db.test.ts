import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { newTicket, testTickets } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.remove());

describe('opening a ticket', () => {
  test('gives a number at once, the row and the first event agree', async () => {
    const { tickets, db } = testTickets(database);
    const opened = await db.tx((tx) => tickets.open(tx, newTicket({ key: 'first' })));
    expect(opened.number).toBe('FL-1001');
    const loaded = await tickets.read(1001);
    expect(loaded?.ticket).toMatchObject({ state: 'new', priority: 'P4', tier: 'L1', version: 1 });
    const row = await db.kysely
      .selectFrom('ticket')
      .selectAll()
      .where('number', '=', 1001)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'new', priority: 'P4', due_clock: 'first-response', version: 1 });
  });

  test('twenty times at once with one key is one ticket and leaves no gap in the numbers', async () => {
    const { tickets, db, sent } = testTickets(database);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => db.tx((tx) => tickets.open(tx, newTicket({ key: 'double-click' })))),
    );
    expect(new Set(all.map(({ number }) => number))).toEqual(new Set(['FL-1002']));
    const next = await db.tx((tx) => tickets.open(tx, newTicket({ key: 'after' })));
    expect(next.number).toBe('FL-1003');
    expect(sent.filter(({ key }) => key === 'ticket:1002:opened')).toHaveLength(1);
  });

  test('twenty different ones at once get twenty numbers in a row', async () => {
    const { tickets, db } = testTickets(database);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.tx((tx) => tickets.open(tx, newTicket({ key: `different-${i}` }))),
      ),
    );
    const numbers = all.map(({ number }) => Number(number.slice(3))).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => 1004 + i));
  });

  test('that fails later in its transaction leaves nothing', async () => {
    const { tickets, db } = testTickets(database);
    const before = await db.kysely.selectFrom('ticket_counter').select('value').executeTakeFirstOrThrow();
    const failing = db.tx(async (tx) => {
      await tickets.open(tx, newTicket({ key: 'lost' }));
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    const after = await db.kysely.selectFrom('ticket_counter').select('value').executeTakeFirstOrThrow();
    expect(after).toEqual(before);
    const row = await db.kysely
      .selectFrom('ticket')
      .select('id')
      .where('key', '=', 'lost')
      .executeTakeFirst();
    expect(row).toBeUndefined();
  });

  test('an address that was only typed gets three mails an hour, then silence', async () => {
    const { tickets, db, sent } = testTickets(database);
    for (let i = 0; i < 6; i++) {
      const requester = { email: 'Typed@example.org', name: 'Somebody' };
      await db.tx((tx) => tickets.open(tx, newTicket({ key: `typed-${i}`, requester, by: 'anonymous' })));
    }
    expect(sent).toHaveLength(3);
    expect(JSON.stringify(sent)).not.toContain('prints grey');
  });
});
