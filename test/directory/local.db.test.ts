import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalDirectory } from '../../src/directory/backends/local.ts';
import { SAMPLE_PEOPLE } from '../../src/directory/sample-people.ts';
import { seedSamplePeople } from '../../src/directory/seed-sample-people.ts';
import { addPerson } from '../../src/directory/store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/id.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { manualClock } from '../support/manual-clock.ts';
import { directoryContract, TEST_PEOPLE } from './contract-suite.ts';

describe('the local directory', () => {
  directoryContract(async () => {
    const opened = await openTestDatabase();
    await opened.db.tx(async (tx) => {
      for (const [key, person] of Object.entries(TEST_PEOPLE)) {
        await addPerson(
          tx,
          { ...person, id: newId(), disabled: key === 'disabled', lockedByAdmin: key === 'adminLocked' },
          1,
        );
      }
    });
    const directory = createLocalDirectory({ db: opened.db, clock: systemClock });
    const [known] = await directory.find(TEST_PEOPLE.known.login);
    await directory.setPassword(known?.id ?? '', TEST_PEOPLE.known.password);
    return { directory, clean: () => opened.remove() };
  });
});

describe('the local directory besides', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.remove());

  test('sample people are there after the first start, once, with their language and without a password', async () => {
    await seedSamplePeople(opened.db, 1);
    await seedSamplePeople(opened.db, 2);
    const directory = createLocalDirectory({ db: opened.db, clock: systemClock });
    for (const { login, lang } of SAMPLE_PEOPLE) {
      const found = await directory.find(`${login}@example.org`);
      expect(found, login).toHaveLength(1);
      expect(found[0]?.lang).toBe(lang);
      expect(await directory.verifyPassword(found[0]?.id, '')).toBe('wrong');
    }
  });

  test('a lock after wrong passwords ends by itself', async () => {
    const clock = manualClock();
    const directory = createLocalDirectory({ db: opened.db, clock });
    const [alex] = await directory.find('alex');
    const id = alex?.id ?? '';
    await directory.setPassword(id, 'a kettle full of stars');
    await Promise.all(Array.from({ length: 10 }, () => directory.verifyPassword(id, 'not this one')));
    expect(await directory.verifyPassword(id, 'a kettle full of stars')).toBe('locked');
    clock.advance(15 * 60_000 + 1);
    expect(await directory.verifyPassword(id, 'a kettle full of stars')).toBe('ok');
  });

  test('wrong passwords for nobody and for people without one change nothing', async () => {
    const before = await opened.db.kysely.selectFrom('person').selectAll().orderBy('id').execute();
    const directory = createLocalDirectory({ db: opened.db, clock: systemClock });
    const [anna] = await directory.find('anna');
    for (const id of [undefined, 'no-such-id', anna?.id])
      expect(await directory.verifyPassword(id, 'something else')).toBe('wrong');
    expect(await opened.db.kysely.selectFrom('person').selectAll().orderBy('id').execute()).toEqual(before);
  });

  test('passwords rest as argon2id with the parameters of OWASP', async () => {
    const rows = await opened.db.kysely.selectFrom('person').select('password_hash').execute();
    const hashes = rows.map((row) => row.password_hash).filter((hash) => hash !== null);
    expect(hashes.length).toBeGreaterThan(0);
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('six changes of one person side by side: each answer is true', async () => {
    const directory = createLocalDirectory({ db: opened.db, clock: systemClock });
    const [omar] = await directory.find('omar');
    const id = omar?.id ?? '';
    const passwords = Array.from({ length: 6 }, (_, i) => `side by side number ${i}`);
    const results = await Promise.all(passwords.map((password) => directory.setPassword(id, password)));
    const applied = results.filter((result) => result.outcome === 'applied').length;
    const history = await opened.db.kysely
      .selectFrom('person_password')
      .select('id')
      .where('person_id', '=', id)
      .execute();
    expect(applied).toBeGreaterThan(0);
    expect(history).toHaveLength(applied);
  });
});
