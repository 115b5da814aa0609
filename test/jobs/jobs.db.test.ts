import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type JobKind, type Jobs, PermanentError } from '../../src/jobs/contract.ts';
import { createJobs } from '../../src/jobs/create-jobs.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let opened: Jobs[];

beforeEach(async () => {
  database = await openTestDatabase();
  opened = [];
});
afterEach(async () => {
  for (const jobs of opened) await jobs.stop();
  await database.remove();
});

async function newJobs(): Promise<Jobs> {
  const jobs = await createJobs({
    db: database.db,
    clock: systemClock,
    log,
    pollMs: 500,
    superviseMs: 1_000,
  });
  opened.push(jobs);
  return jobs;
}

const payload = z.object({ n: z.int() });
type Payload = z.output<typeof payload>;
const kindOf = (more: Partial<JobKind<Payload>> & Pick<JobKind<Payload>, 'run'>): JobKind<Payload> => ({
  name: 'test.work',
  payload,
  ...more,
});

async function until(isDone: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let left = 150; left > 0; left--) {
    if (await isDone()) return;
    await sleep(100);
  }
  throw new Error(`waited 15 s in vain: ${what}`);
}

describe('the queue', () => {
  test('runs what a committed transaction enqueued, and nothing of one that was rolled back', async () => {
    const ran: number[] = [];
    const kind = kindOf({ run: async ({ n }) => void ran.push(n) });
    const jobs = await newJobs();
    jobs.define(kind);
    await jobs.start();
    await database.db.tx(async (tx) => {
      await jobs.enqueue(tx, kind, { n: 1 });
      await sleep(700);
      expect(ran).toEqual([]);
    });
    await expect(
      database.db.tx(async (tx) => {
        await jobs.enqueue(tx, kind, { n: 2 });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await until(() => ran.length > 0, 'the committed job');
    await jobs.drain();
    expect(ran).toEqual([1]);
  });

  test('accepts a key once, also after its job is done', async () => {
    const ran: number[] = [];
    const kind = kindOf({ run: async ({ n }) => void ran.push(n) });
    const other = { ...kind, name: 'test.other' };
    const jobs = await newJobs();
    jobs.define(kind);
    jobs.define(other);
    await database.db.tx(async (tx) => {
      await jobs.enqueue(tx, kind, { n: 1 }, { key: 'invoice 7' });
      await jobs.enqueue(tx, kind, { n: 2 }, { key: 'invoice 7' });
      await jobs.enqueue(tx, kind, { n: 3 }, { key: 'invoice 8' });
      await jobs.enqueue(tx, other, { n: 4 }, { key: 'invoice 7' });
    });
    await jobs.drain();
    await database.db.tx((tx) => jobs.enqueue(tx, kind, { n: 5 }, { key: 'invoice 7' }));
    await jobs.drain();
    expect(ran.sort()).toEqual([1, 3, 4]);
  });

  test('lets two transactions that race for a key put in one job', async () => {
    const ran: number[] = [];
    const kind = kindOf({ run: async ({ n }) => void ran.push(n) });
    const jobs = await newJobs();
    jobs.define(kind);
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        database.db.tx((tx) => jobs.enqueue(tx, kind, { n }, { key: 'same' })),
      ),
    );
    await jobs.drain();
    expect(ran).toHaveLength(1);
  });

  test('runs a planned job at its time, not before', async () => {
    let ranAt = 0;
    const kind = kindOf({
      run: async () => {
        ranAt = Date.now();
      },
    });
    const jobs = await newJobs();
    jobs.define(kind);
    await jobs.start();
    const runAt = Date.now() + 1_500;
    await database.db.tx((tx) => jobs.enqueue(tx, kind, { n: 1 }, { runAt }));
    await jobs.drain();
    expect(ranAt).toBe(0);
    await until(() => ranAt > 0, 'the planned job');
    expect(ranAt).toBeGreaterThanOrEqual(runAt - 5);
    expect(ranAt).toBeLessThan(runAt + 2_500);
  });

  test('tries again with a pause and tells the run which attempt it is', async () => {
    const attempts: { attempt: number; last: boolean; at: number }[] = [];
    const kind = kindOf({
      attempts: 3,
      backoffMs: 1_000,
      run: async (_, { attempt, last }) => {
        attempts.push({ attempt, last, at: Date.now() });
        if (!last) throw new Error('not yet');
      },
    });
    const jobs = await newJobs();
    jobs.define(kind);
    await jobs.start();
    await database.db.tx((tx) => jobs.enqueue(tx, kind, { n: 1 }));
    await until(() => attempts.length === 3, 'the third attempt');
    await jobs.drain();
    expect(attempts.map(({ attempt, last }) => [attempt, last])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect((attempts[1]?.at ?? 0) - (attempts[0]?.at ?? 0)).toBeGreaterThan(700);
    expect(await jobs.dead()).toEqual([]);
  });

  test('keeps a job that failed for good with its reason, and runs it again on request', async () => {
    let isBroken = true;
    let runs = 0;
    const kind = kindOf({
      run: async () => {
        runs++;
        if (isBroken) throw new PermanentError('The mailbox does not exist');
      },
    });
    const jobs = await newJobs();
    jobs.define(kind);
    const before = Date.now();
    await database.db.tx((tx) => jobs.enqueue(tx, kind, { n: 1 }, { key: 'k 1' }));
    await jobs.drain();
    const [dead, ...others] = await jobs.dead();
    expect(others).toEqual([]);
    expect(dead).toMatchObject({
      kind: 'test.work',
      key: 'k 1',
      attempts: 1,
      reason: 'The mailbox does not exist',
    });
    expect(dead?.failedAt).toBeGreaterThanOrEqual(before - 50);
    expect((await jobs.counts()).find((row) => row.kind === 'test.work')?.dead).toBe(1);
    isBroken = false;
    expect(await jobs.retryDead(dead?.id ?? '')).toBe(true);
    expect(await jobs.retryDead(dead?.id ?? '')).toBe(false);
    expect(await jobs.retryDead('00000000-0000-4000-8000-000000000000')).toBe(false);
    expect(await jobs.retryDead("'; drop table job")).toBe(false);
    await jobs.drain();
    expect(runs).toBe(2);
    expect(await jobs.dead()).toEqual([]);
  });

  test('gives up after the last attempt', async () => {
    const kind = kindOf({
      attempts: 1,
      run: async () => {
        throw new Error('The server is away');
      },
    });
    const jobs = await newJobs();
    jobs.define(kind);
    await database.db.tx((tx) => jobs.enqueue(tx, kind, { n: 1 }));
    await jobs.drain();
    expect(await jobs.dead()).toMatchObject([{ reason: 'The server is away', attempts: 1, key: null }]);
  });

  test('does not run a payload that no longer fits its kind', async () => {
    let runs = 0;
    const kind = kindOf({
      attempts: 1,
      run: async () => {
        runs++;
      },
    });
    const jobs = await newJobs();
    jobs.define(kind);
    await database.db.tx((tx) => jobs.enqueue(tx, { name: kind.name }, { n: 'text' }));
    await jobs.drain();
    expect(runs).toBe(0);
    expect(await jobs.dead()).toHaveLength(1);
  });

  test('counts what waits, and since when the oldest is due', async () => {
    const kind = kindOf({ run: async () => {} });
    const jobs = await newJobs();
    const before = Date.now();
    await database.db.tx(async (tx) => {
      await jobs.enqueue(tx, kind, { n: 1 });
      await jobs.enqueue(tx, kind, { n: 2 }, { runAt: before + 3_600_000 });
    });
    const [row] = await jobs.counts();
    expect(row).toMatchObject({ kind: 'test.work', waiting: 2, running: 0, dead: 0 });
    expect(row?.oldestDueAt).toBeGreaterThanOrEqual(before - 50);
    expect(row?.oldestDueAt).toBeLessThanOrEqual(Date.now() + 50);
  });

  test('keeps a job whose kind nobody knows yet, for the process that will', async () => {
    const kind = kindOf({ run: async () => {} });
    const sender = await newJobs();
    await database.db.tx((tx) => sender.enqueue(tx, kind, { n: 1 }));
    await sender.drain();
    const ran: number[] = [];
    const worker = await newJobs();
    worker.define(kindOf({ run: async ({ n }) => void ran.push(n) }));
    await worker.drain();
    expect(ran).toEqual([1]);
  });

  test('gives a job to another run when its worker does not come back in time', async () => {
    const runs: number[] = [];
    const kind = kindOf({
      leaseMs: 1_000,
      backoffMs: 100,
      run: async (_, { attempt }) => {
        runs.push(attempt);
        if (attempt === 1) await new Promise(() => {});
      },
    });
    const jobs = await newJobs();
    jobs.define(kind);
    await jobs.start();
    await database.db.tx((tx) => jobs.enqueue(tx, kind, { n: 1 }));
    await until(() => runs.length >= 2, 'the second run');
    expect(runs.slice(0, 2)).toEqual([1, 2]);
    opened = [];
    void jobs.stop();
    await sleep(1_500);
  });

  test('stops only after the running job is done', async () => {
    let isDone = false;
    let isRunning = false;
    const kind = kindOf({
      run: async () => {
        isRunning = true;
        await sleep(800);
        isDone = true;
      },
    });
    const jobs = await newJobs();
    jobs.define(kind);
    await jobs.start();
    await database.db.tx((tx) => jobs.enqueue(tx, kind, { n: 1 }));
    await until(() => isRunning, 'the job');
    await jobs.stop();
    expect(isDone).toBe(true);
    expect((await jobs.counts()).every((row) => row.running + row.waiting + row.dead === 0)).toBe(true);
  });

  test('works through a heap of jobs, each exactly once', async () => {
    const ran = new Map<number, number>();
    const kind = kindOf({ run: async ({ n }) => void ran.set(n, (ran.get(n) ?? 0) + 1) });
    const jobs = await newJobs();
    jobs.define(kind);
    await database.db.tx(async (tx) => {
      for (let n = 0; n < 300; n++) await jobs.enqueue(tx, kind, { n });
    });
    await jobs.drain();
    expect(ran.size).toBe(300);
    expect([...ran.values()].every((times) => times === 1)).toBe(true);
  });
});
