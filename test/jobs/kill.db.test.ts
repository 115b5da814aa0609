import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createJobs } from '../../src/jobs/create-jobs.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const PROGRAM = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
const ROUNDS = 8;

/** Starts the process, lets it work for a moment of its own length and kills it; answers what it acknowledged. */
async function killedRun(database: TestDatabase, first: number): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(database.settings), String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let acknowledged = first - 1;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const numbers = text.split('\n').filter((line) => /^\d+$/.test(line));
    if (numbers.length > 0) acknowledged = Number(numbers.at(-1));
  });
  await once(child.stdout, 'data');
  await sleep(50 + Math.random() * 500);
  child.kill('SIGKILL');
  await once(child, 'close');
  return acknowledged;
}

const numbers = async (database: TestDatabase, table: string): Promise<number[]> => {
  const { rows } = await sql<{ n: number }>`select n from ${sql.table(table)} order by n`.execute(
    database.db.kysely,
  );
  return rows.map((row) => Number(row.n));
};

test('kill -9 at random moments loses no accepted job', { timeout: 120_000 }, async () => {
  const database = await openTestDatabase();
  await sql`create table taken_order (n bigint primary key)`.execute(database.db.kysely);
  await sql`create table done_order (n bigint)`.execute(database.db.kysely);
  let next = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const acknowledged = await killedRun(database, next);
    const taken = await numbers(database, 'taken_order');
    // What was acknowledged is there; one more may have been committed without the acknowledgement getting out.
    expect(taken).toEqual(Array.from({ length: taken.length }, (_, n) => n));
    expect(taken.length - 1 - acknowledged).toBeOneOf([0, 1]);
    next = taken.length;
  }
  const jobs = await createJobs({
    db: database.db,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    pollMs: 500,
    superviseMs: 1_000,
  });
  jobs.define({
    name: 'test.order',
    payload: z.object({ n: z.int() }),
    run: async ({ n }) => {
      await sql`insert into done_order (n) values (${n})`.execute(database.db.kysely);
    },
  });
  await jobs.start();
  for (;;) {
    await jobs.drain();
    const rows = await jobs.counts();
    if (rows.every((row) => row.waiting + row.running === 0)) break;
    await sleep(200);
  }
  const taken = await numbers(database, 'taken_order');
  const done = await numbers(database, 'done_order');
  expect(await jobs.dead()).toEqual([]);
  expect(taken.length).toBeGreaterThan(ROUNDS);
  expect([...new Set(done)]).toEqual(taken);
  // At least once: a job that was running at a kill runs again; not more than those few.
  expect(done.length - taken.length).toBeLessThanOrEqual(ROUNDS * 10);
  await jobs.stop();
  await database.remove();
});
