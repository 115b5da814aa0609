import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditWriter, listAudit, verifyAudit } from '../../src/access/audit/store.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const KEY = Buffer.alloc(32, 1);
let now = 1_800_000_000_000;
const write = auditWriter(KEY, { now: () => now });
let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
  now = 1_800_000_000_000;
});
afterEach(() => database.remove());

const entry = (n: number, actor = 'nina') => ({
  actor,
  action: 'tickets.claim',
  subject: `T-${n}`,
  details: { n },
});
async function fill(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    now += 1_000;
    await database.db.tx((tx) => write(tx, entry(n)));
  }
}
const verify = () => verifyAudit(database.db, KEY);

describe('the audit trail', () => {
  test('is in order, and holds when nobody touched it', async () => {
    await fill(5);
    expect(await verify()).toEqual({ ok: true, checked: 5, otherKey: 0 });
    const rows = await listAudit(database.db.kysely, {});
    expect(rows.map(({ seq, subject, details }) => [seq, subject, details])).toEqual([
      [5, 'T-5', { n: 5 }],
      [4, 'T-4', { n: 4 }],
      [3, 'T-3', { n: 3 }],
      [2, 'T-2', { n: 2 }],
      [1, 'T-1', { n: 1 }],
    ]);
  });

  test('keeps a row only with the transaction that it tells about', async () => {
    await fill(2);
    const failing = database.db.tx(async (tx) => {
      await write(tx, entry(3));
      throw new Error('the claim failed');
    });
    await expect(failing).rejects.toThrow('the claim failed');
    await fill(1);
    expect(await verify()).toEqual({ ok: true, checked: 3, otherKey: 0 });
  });

  test('has no forks and no gaps when many write at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        database.db
          .tx(async (tx) => {
            await write(tx, entry(n));
            if (n % 5 === 0) throw new Error('rolled back');
            await write(tx, entry(n + 100));
          })
          .catch(() => {}),
      ),
    );
    expect(await verify()).toEqual({ ok: true, checked: 64, otherKey: 0 });
  });

  test('can be verified while others write', async () => {
    await fill(20);
    const writing = fill(40);
    for (let n = 0; n < 5; n++) expect(await verify()).toMatchObject({ ok: true });
    await writing;
    expect(await verify()).toMatchObject({ ok: true, checked: 60 });
  });

  const changes: readonly (readonly [string, Partial<Record<string, string | number>>])[] = [
    ['who', { actor: 'layla' }],
    ['what', { action: 'tickets.reply' }],
    ['on what', { subject: 'T-99' }],
    ['details', { details: '{"n":4}' }],
    ['when', { at: 1_700_000_000_000 }],
    ['the seal', { seal: 'AAAA' }],
  ];
  test.each(changes)('shows that somebody changed %s', async (_, change) => {
    await fill(6);
    await database.db.kysely.updateTable('audit').set(change).where('seq', '=', 3).execute();
    expect(await verify()).toEqual({ ok: false, checked: 2, otherKey: 0, brokenAt: 3 });
  });

  test('shows a row that was taken out, and a tail that was cut off', async () => {
    await fill(6);
    await database.db.kysely.deleteFrom('audit').where('seq', '=', 4).execute();
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 4 });
    await database.db.kysely.deleteFrom('audit').where('seq', '>', 3).execute();
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 4 });
    await database.db.kysely.deleteFrom('audit').execute();
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 1 });
  });

  test('shows a row that was put in without the secret', async () => {
    await fill(2);
    const forger = auditWriter(Buffer.alloc(32, 2), { now: () => now });
    await database.db.tx((tx) => forger(tx, entry(3, 'admin')));
    // Sealed with another secret: not a proof of forgery, but not a proof of anything else either.
    expect(await verify()).toEqual({ ok: true, checked: 2, otherKey: 1 });
    await database.db.kysely
      .insertInto('audit')
      .values({
        seq: 4,
        at: now,
        actor: 'admin',
        action: 'a.b',
        subject: 'x',
        details: '{}',
        key_id: (
          await database.db.kysely.selectFrom('audit').select('key_id').limit(1).executeTakeFirstOrThrow()
        ).key_id,
        seal: 'made up',
      })
      .execute();
    expect(await verify()).toMatchObject({ ok: false });
  });

  test('is searched by person, action, subject, time, and for what the portal did by itself', async () => {
    await fill(3);
    now += 1_000;
    await database.db.tx(async (tx) => {
      await write(tx, { actor: 'system:fixes', action: 'fixes.run', subject: 'restart-mail' });
      await write(tx, { actor: 'layla', action: 'tickets.reply', subject: 'T-1' });
      await write(tx, { actor: 'layla', action: 'ticketsx.reply', subject: 'T-1' });
    });
    const seqs = async (filter: Parameters<typeof listAudit>[1]) =>
      (await listAudit(database.db.kysely, filter)).map(({ seq }) => seq);
    expect(await seqs({ actor: 'layla' })).toEqual([6, 5]);
    expect(await seqs({ action: 'tickets.claim' })).toEqual([3, 2, 1]);
    expect(await seqs({ action: 'tickets' })).toEqual([5, 3, 2, 1]);
    expect(await seqs({ subject: 'T-1' })).toEqual([6, 5, 1]);
    expect(await seqs({ automatic: true })).toEqual([4]);
    expect(await seqs({ since: now })).toEqual([6, 5, 4]);
    expect(await seqs({ before: 4, limit: 2 })).toEqual([3, 2]);
  });
});
