import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Catalogue } from '../../src/monitors/catalogue.ts';
import { createDayBook } from '../../src/monitors/day-book.ts';
import { DAY_MS, dayOf } from '../../src/monitors/days.ts';
import { makeLive } from '../../src/monitors/live-monitor.ts';
import { newState } from '../../src/monitors/monitor-state.ts';
import { HOUR_MS, openPack } from '../../src/monitors/packed-hour.ts';
import { readServiceFiles } from '../../src/monitors/read-service-files.ts';
import { secretsFrom } from '../../src/monitors/secrets.ts';
import {
  deleteHoursBefore,
  insertMonitors,
  readHours,
  readMonitorDays,
  readPacks,
  readServiceDays,
  writePacks,
  writeTransitions,
} from '../../src/monitors/store.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { manualClock } from '../support/manual-clock.ts';

const MIDNIGHT = Date.UTC(2026, 10, 20);
const DAY = dayOf(MIDNIGHT);

let database: TestDatabase;
let catalogue: Catalogue;
beforeEach(async () => {
  database = await openTestDatabase();
  const root = mkdtempSync(join(tmpdir(), 'firstline-days-'));
  mkdirSync(join(root, 'monitors'));
  writeFileSync(
    join(root, 'monitors/a.yaml'),
    'service: { id: mail, name: { en: Mail } }\nmonitors:\n  - { id: a, kind: tcp, target: "x:1" }\n  - { id: b, kind: tcp, target: "x:2" }\n',
  );
  const read = readServiceFiles(root, secretsFrom({}));
  rmSync(root, { recursive: true });
  if (!read.ok) throw new Error('bad test file');
  catalogue = read.catalogue;
});
afterEach(() => database.remove());

async function known() {
  const { db } = database;
  const fresh = ['a', 'b'].map((id) => ({ id, service: 'mail', state: newState(MIDNIGHT) }));
  const rows = await db.tx((tx) => insertMonitors(tx, fresh, MIDNIGHT));
  return new Map(
    rows.map(({ id, no, state }) => {
      const monitor = catalogue.monitors.get(id);
      if (!monitor) throw new Error(id);
      return [id, makeLive(monitor, no, state, MIDNIGHT)];
    }),
  );
}

const transition = (monitor: number, seq: number, at: number, health: 'UP' | 'DOWN') => ({
  monitor,
  seq,
  at,
  health,
  overlay: null,
  reason: null,
});

describe('a finished day', () => {
  test('becomes one row per monitor and service, exactly once, with missed days made up for', async () => {
    const { db } = database;
    const live = await known();
    const [a = 0, b = 0] = [...live.values()].map(({ no }) => no);
    await db.tx((tx) =>
      writeTransitions(tx, [
        transition(a, 1, MIDNIGHT + HOUR_MS, 'UP'),
        transition(a, 2, MIDNIGHT + 10 * HOUR_MS, 'DOWN'),
        transition(a, 3, MIDNIGHT + 11 * HOUR_MS, 'UP'),
        transition(b, 1, MIDNIGHT + HOUR_MS, 'UP'),
        transition(b, 2, MIDNIGHT + 10.5 * HOUR_MS, 'DOWN'),
        transition(b, 3, MIDNIGHT + 12 * HOUR_MS, 'UP'),
      ]),
    );
    const pack = openPack(DAY * 24 + 3, 60_000);
    for (let i = 0; i < 60; i++) pack.add(MIDNIGHT + 3 * HOUR_MS + i * 60_000, 'ok', i < 54 ? 10 : 100);
    await db.tx((tx) => writePacks(tx, [{ no: a, hour: pack.hour, pack: pack.bytes() }]));

    const clock = manualClock(MIDNIGHT + 2 * DAY_MS + 60_000);
    const book = createDayBook({
      db,
      clock,
      log: pino({ level: 'silent' }),
      catalogue: () => catalogue,
      live: () => live,
    });
    expect(await book.roll()).toBe(true);
    expect(await book.roll()).toBe(false);

    const days = await readMonitorDays(db.kysely, a, DAY);
    expect(days.map(({ day }) => day - DAY)).toEqual([0, 1]);
    expect(days[0]?.charged).toEqual({ up: 22 * HOUR_MS, down: HOUR_MS, maintenance: 0, unknown: HOUR_MS });
    expect(days[0]?.checks).toBe(60);
    expect(days[1]?.charged).toMatchObject({ up: DAY_MS });
    const services = await readServiceDays(db.kysely, DAY);
    expect(services[0]).toMatchObject({ service: 'mail', charged: { down: 2 * HOUR_MS } });
    expect(book.days().get('mail')).toHaveLength(2);
  });
});

describe('packed hours', () => {
  test('are found by monitor and forgotten by one range', async () => {
    const { db } = database;
    const rows = [1, 2, 3].flatMap((no) =>
      [100, 101, 102].map((hour) => ({ no, hour, pack: Uint8Array.from([1, no, hour]) })),
    );
    await db.tx((tx) => writePacks(tx, rows));
    await db.tx((tx) => writePacks(tx, [{ no: 2, hour: 101, pack: Uint8Array.from([9]) }]));
    const own = await readPacks(db.kysely, 2, 100, 103);
    expect(own.map(({ hour, pack }) => [hour, [...pack]])).toEqual([
      [100, [1, 2, 100]],
      [101, [9]],
      [102, [1, 2, 102]],
    ]);
    await deleteHoursBefore(db.kysely, 102);
    expect((await readHours(db.kysely, 0, 1_000)).map(({ no, hour }) => [no, hour])).toEqual([
      [1, 102],
      [2, 102],
      [3, 102],
    ]);
  });

  test('a transition that is written twice is there once', async () => {
    const { db } = database;
    const rows = [transition(1, 1, 5, 'UP'), transition(1, 2, 6, 'DOWN')];
    await db.tx((tx) => writeTransitions(tx, rows));
    await db.tx((tx) => writeTransitions(tx, rows));
    const count = await db.kysely.selectFrom('monitor_transition').selectAll().execute();
    expect(count).toHaveLength(2);
  });
});
