import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tier } from '../../src/lib/who.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { ADMIN, NINA, newTicket, REZA, START, testTickets } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.remove());

const MINUTE = 60_000;
const people: Record<Tier | 'manager', readonly (typeof NINA)[]> = {
  L1: [NINA],
  L2: [REZA],
  L3: [],
  manager: [ADMIN],
};

/** P1: first response in 15 minutes, so its levels are at 11:15, 15:00 and 22:30 minutes. */
async function setUp(key: string) {
  const given = testTickets(database, { agentsOf: async (tier) => people[tier] });
  const { number } = await given.db.tx((tx) =>
    given.tickets.open(tx, newTicket({ key, impact: 1, urgency: 1 })),
  );
  const alarms = async () => {
    const loaded = await given.tickets.read(Number(number.slice(3)));
    return (loaded?.events ?? []).flatMap((event) => (event.kind === 'alarmed' ? [event] : []));
  };
  const levels = async () =>
    (await alarms()).filter(({ clock }) => clock === 'first-response').map(({ level }) => level);
  const warned = () => given.sent.filter(({ kind }) => kind === 'tickets.alarm').map(({ to }) => to);
  return { ...given, number, alarms, levels, warned };
}

describe('the levels of a deadline', () => {
  test('fire one by one, each once, to the tier and the last to the manager too', async () => {
    const { tickets, clock, levels, warned } = await setUp('levels');
    clock.set(START + 11 * MINUTE);
    await tickets.beat();
    expect(await levels()).toEqual([]);
    clock.set(START + 12 * MINUTE);
    await tickets.beat();
    await tickets.beat();
    expect(await levels()).toEqual([75]);
    clock.set(START + 15 * MINUTE);
    await tickets.beat();
    expect(await levels()).toEqual([75, 100]);
    expect(new Set(warned())).toEqual(new Set(['nina@example.org']));
    clock.set(START + 23 * MINUTE);
    await tickets.beat();
    expect(await levels()).toEqual([75, 100, 150]);
    expect(warned()).toContain('admin@example.org');
  });

  test('two workers that start after a breach fire it once, and it says that it is late', async () => {
    const { tickets, clock, alarms } = await setUp('two-workers');
    clock.set(START + 60 * MINUTE);
    await Promise.all([tickets.beat(), tickets.beat(), tickets.beat()]);
    const fired = (await alarms()).filter(({ clock: kind }) => kind === 'first-response');
    expect(fired.map(({ level, late }) => [level, late])).toEqual([
      [75, true],
      [100, true],
      [150, true],
    ]);
    expect(fired[1]?.reachedAt).toBe(START + 15 * MINUTE);
  });

  test('a clock that jumps back and forth by two hours neither doubles nor loses one', async () => {
    const { tickets, clock, levels } = await setUp('jumps');
    clock.set(START + 16 * MINUTE);
    await tickets.beat();
    clock.set(START - 120 * MINUTE);
    await tickets.beat();
    clock.set(START + 136 * MINUTE);
    await tickets.beat();
    await tickets.beat();
    expect(await levels()).toEqual([75, 100, 150]);
  });

  test('a promise kept in time raises nothing more', async () => {
    const { tickets, clock, levels, number, db } = await setUp('kept');
    clock.set(START + 5 * MINUTE);
    await db.tx((tx) =>
      tickets.act(tx, {
        number: Number(number.slice(3)),
        by: 'nina',
        verb: 'reply',
        decide: () => [{ kind: 'replied', from: 'agent', name: 'Nina', text: 'hello' }],
      }),
    );
    clock.set(START + 40 * MINUTE);
    await tickets.beat();
    expect(await levels()).toEqual([]);
  });
});
