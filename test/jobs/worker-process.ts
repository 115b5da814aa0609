/**
 * A process to be killed: takes in numbered orders, each with its job in one transaction, and works jobs off.
 * Arguments: the database settings as JSON, the first number.
 */
import { sql } from 'kysely';
import { pino } from 'pino';
import { z } from 'zod';
import { openDatabase } from '../../src/db/open.ts';
import { createJobs } from '../../src/jobs/create-jobs.ts';
import { systemClock } from '../../src/lib/clock.ts';

const [settings = '{}', first = '0'] = process.argv.slice(2);
const db = await openDatabase(JSON.parse(settings));
const jobs = await createJobs({
  db,
  clock: systemClock,
  log: pino({ level: 'silent' }),
  pollMs: 500,
  superviseMs: 1_000,
});
const kind = { name: 'test.order', payload: z.object({ n: z.int() }), leaseMs: 1_000, backoffMs: 100 };
jobs.define({
  ...kind,
  run: async ({ n }) => {
    await sql`insert into done_order (n) values (${n})`.execute(db.kysely);
  },
});
await jobs.start();
console.log('ready');
for (let n = Number(first); ; n++) {
  await db.tx(async (tx) => {
    await sql`insert into taken_order (n) values (${n})`.execute(tx);
    await jobs.enqueue(tx, kind, { n }, { key: String(n) });
  });
  console.log(n);
}
