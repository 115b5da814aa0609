import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/open.ts';
import { newId } from '../../src/lib/id.ts';
import '../../src/jobs/sqlite-jobs.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let test1: TestDatabase;
beforeAll(async () => {
  test1 = await openTestDatabase();
});
afterAll(() => test1.remove());

const row = (key: string) => ({
  id: newId(),
  kind: 'k',
  key,
  payload: '{}',
  state: 'waiting' as const,
  run_at: 1_795_359_442_367,
  attempts: 0,
  lease_until: null,
  reason: null,
  created_at: 0,
  finished_at: null,
});

describe('the database', () => {
  test('keeps what a transaction wrote, and nothing of one that threw', async () => {
    await test1.db.tx((tx) => tx.insertInto('job').values(row('kept')).execute());
    const failing = test1.db.tx(async (tx) => {
      await tx.insertInto('job').values(row('lost')).execute();
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    const keys = await test1.db.kysely.selectFrom('job').select('key').execute();
    expect(keys).toEqual([{ key: 'kept' }]);
  });

  test('gives instants back as numbers', async () => {
    const found = await test1.db.kysely.selectFrom('job').select('run_at').executeTakeFirstOrThrow();
    expect(found.run_at).toBe(1_795_359_442_367);
  });

  test('can be opened again: migrations run once', async () => {
    const second = await openDatabase(test1.settings);
    const rows = await second.kysely.selectFrom('job').select('id').execute();
    await second.close();
    expect(rows).toHaveLength(1);
  });

  test('runs many transactions side by side', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        test1.db.tx((tx) =>
          tx
            .insertInto('job')
            .values(row(`n${i}`))
            .execute(),
        ),
      ),
    );
    const rows = await test1.db.kysely.selectFrom('job').select('id').where('key', 'like', 'n%').execute();
    expect(rows).toHaveLength(20);
  });
});
