import { createSecretKey } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Jobs, PermanentError } from '../../src/jobs/contract.ts';
import type { Message, MessageOutcome } from '../../src/notify/contract.ts';
import type { OutgoingMail } from '../../src/notify/kind.ts';
import { createNotify, type NotifyFace } from '../../src/notify/notify.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { manualJobs } from '../support/manual-jobs.ts';

const log = pino({ level: 'silent' });
let opened: TestDatabase;
let clock: ManualClock;
let jobs: Jobs;
let notify: NotifyFace;
let delivered: OutgoingMail[];
let outcomes: MessageOutcome[];
let answer: () => Error | undefined;

beforeEach(async () => {
  opened = await openTestDatabase();
  clock = manualClock();
  jobs = manualJobs({ db: opened.db, clock });
  delivered = [];
  outcomes = [];
  answer = () => undefined;
  notify = createNotify({
    db: opened.db,
    jobs,
    clock,
    log,
    secret: createSecretKey('a secret of thirty-two characters', 'utf8'),
    channel: {
      name: 'test',
      async deliver(mail) {
        const error = answer();
        if (error) throw error;
        delivered.push(mail);
      },
      close: () => {},
    },
  });
  notify.onOutcome('test.code', async (_tx, outcome) => void outcomes.push(outcome));
});
afterEach(async () => {
  await opened.remove();
});

const message = (more: Partial<Message> = {}): Message => ({
  kind: 'test.code',
  key: 'one',
  to: 'alex@example.org',
  lang: 'en',
  subject: 'Your code',
  paragraphs: ['Here it is.'],
  code: 'ABCD-1234',
  ...more,
});
const send = (more?: Partial<Message>) => opened.db.tx((tx) => notify.send(tx, message(more)));
const rows = () => opened.db.kysely.selectFrom('message').selectAll().execute();

describe('notify', () => {
  test('delivers what was committed, once per key', async () => {
    await send();
    await send();
    await jobs.drain();
    expect(delivered.map((mail) => mail.to)).toEqual(['alex@example.org']);
    expect(outcomes).toEqual([{ key: 'one', outcome: 'accepted', at: clock.now() }]);
  });

  test('sends nothing when the transaction is rolled back', async () => {
    const failing = opened.db.tx(async (tx) => {
      await notify.send(tx, message());
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await jobs.drain();
    expect(delivered).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test('the code is never readable in the database, and gone once delivered', async () => {
    await send();
    expect(JSON.stringify(await rows())).not.toMatch(/ABCD|alex@/);
    await jobs.drain();
    expect((await rows())[0]).toMatchObject({ state: 'delivered', sealed: null });
  });

  test('tries again until the server takes it', async () => {
    let tries = 0;
    answer = () => (++tries < 4 ? new Error('smtp 451') : undefined);
    await send();
    for (let i = 0; i < 4; i++) {
      await jobs.drain();
      clock.advance(60_000);
    }
    expect(tries).toBe(4);
    expect(delivered).toHaveLength(1);
    expect(outcomes.map((o) => o.outcome)).toEqual(['accepted']);
  });

  test('gives up at once when it is refused for good, and tells the sender', async () => {
    answer = () => new PermanentError('smtp 550');
    await send({ notAfter: clock.now() + 1 });
    await jobs.drain();
    expect(outcomes).toEqual([{ key: 'one', outcome: 'refused', at: clock.now(), code: 'smtp 550' }]);
    expect((await rows())[0]).toMatchObject({ state: 'refused', reason: 'smtp 550', sealed: null });
    expect(await jobs.dead()).toHaveLength(1);
  });

  test('a refused message without a deadline can be sent later by an admin', async () => {
    answer = () => new PermanentError('smtp 550');
    await send();
    await jobs.drain();
    answer = () => undefined;
    const [dead] = await jobs.dead();
    await jobs.retryDead(dead?.id ?? '');
    await jobs.drain();
    expect(delivered).toHaveLength(1);
    expect(outcomes.map((o) => o.outcome)).toEqual(['refused', 'accepted']);
  });

  test('does not send what came too late', async () => {
    await send({ notAfter: clock.now() + 1_000 });
    clock.advance(1_001);
    await jobs.drain();
    expect(delivered).toEqual([]);
    expect(outcomes).toMatchObject([{ outcome: 'refused', code: 'too late to be of use' }]);
  });

  test('never sends to something that is not one address', async () => {
    await send({ to: 'alex@example.org, evil@example.net' });
    await jobs.drain();
    expect(delivered).toEqual([]);
    expect(outcomes).toMatchObject([{ outcome: 'refused', code: 'not a mail address' }]);
  });

  test('a crash between delivery and its record sends the same message again, under the same id', async () => {
    let crashed = false;
    notify.onOutcome('test.code', async () => {
      if (crashed) return;
      crashed = true;
      throw new Error('crash');
    });
    await send();
    await jobs.drain();
    clock.advance(60_000);
    await jobs.drain();
    expect(delivered.map((mail) => mail.id)).toHaveLength(2);
    expect(delivered[0]?.id).toBe(delivered[1]?.id);
    expect((await rows())[0]?.state).toBe('delivered');
  });

  test('says when mail is disturbed: something waits for more than ten minutes', async () => {
    answer = () => new Error('smtp ECONNREFUSED');
    await send();
    await jobs.drain();
    clock.advance(10 * 60_000);
    expect(await notify.isLate()).toBe(false);
    clock.advance(15_000);
    expect(await notify.isLate()).toBe(true);
    answer = () => undefined;
    clock.advance(15_000);
    await jobs.drain();
    expect(await notify.isLate()).toBe(false);
  });

  test('forgets finished messages after 90 days', async () => {
    await send();
    await jobs.drain();
    clock.advance(90 * 86_400_000 - 1);
    await notify.purge();
    expect(await rows()).toHaveLength(1);
    clock.advance(2);
    await notify.purge();
    expect(await rows()).toEqual([]);
  });
});
