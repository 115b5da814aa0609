import type { Db, Reader, Tx } from '../db/db.ts';
import type { Beat } from './kind.ts';
import type { Health, MonitorState, Overlay } from './monitor-state.ts';
import type { Reason } from './reason.ts';
import type { Charged } from './uptime.ts';

interface MonitorTable {
  id: string;
  no: number;
  service: string;
  state: string;
  updated_at: number;
}
interface TransitionTable {
  monitor: number;
  seq: number;
  at: number;
  health: Health;
  overlay: Overlay | null;
  reason: string | null;
}
interface RawHourTable {
  slot: number;
  pack: Uint8Array;
}
interface DayColumns {
  day: number;
  up: number;
  down: number;
  maintenance: number;
  unknown: number;
}
interface MonitorDayTable extends DayColumns {
  monitor: number;
  checks: number;
  hours: Uint8Array;
}
interface ServiceDayTable extends DayColumns {
  service: string;
}
interface HeartbeatTable {
  monitor: string;
  at: number;
  ok: number;
  message: string | null;
}
interface LeaseTable {
  name: string;
  holder: string;
  until: number;
}
declare module '../db/tables.ts' {
  interface Tables {
    monitor: MonitorTable;
    monitor_transition: TransitionTable;
    raw_hour: RawHourTable;
    monitor_day: MonitorDayTable;
    service_day: ServiceDayTable;
    heartbeat: HeartbeatTable;
    lease: LeaseTable;
  }
}

/** Monitors in one hour; a slot is hour × this + the monitor's number, so that an hour is one range of keys. */
const PER_HOUR = 65_536;
const ROWS_PER_STATEMENT = 500;

const slotOf = (hour: number, no: number): number => hour * PER_HOUR + no;

const chunks = <T>(rows: readonly T[], size = ROWS_PER_STATEMENT): T[][] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));

export interface KnownMonitor {
  readonly id: string;
  readonly no: number;
  readonly state: MonitorState;
}

export async function readMonitors(db: Reader, changedSince = -1): Promise<KnownMonitor[]> {
  const rows = await db
    .selectFrom('monitor')
    .select(['id', 'no', 'state'])
    .where('updated_at', '>', changedSince)
    .execute();
  return rows.map((row) => ({ id: row.id, no: row.no, state: JSON.parse(row.state) as MonitorState }));
}

interface NewMonitor {
  readonly id: string;
  readonly service: string;
  readonly state: MonitorState;
}

/** Gives new monitors their numbers; a number is never used again. */
export async function insertMonitors(
  tx: Tx,
  monitors: readonly NewMonitor[],
  at: number,
): Promise<KnownMonitor[]> {
  const { most } = await tx
    .selectFrom('monitor')
    .select((eb) => eb.fn.max('no').as('most'))
    .executeTakeFirstOrThrow();
  const first = Number(most ?? 0) + 1;
  const known = monitors.map((monitor, i) => ({ ...monitor, no: first + i }));
  for (const rows of chunks(known)) {
    await tx
      .insertInto('monitor')
      .values(
        rows.map(({ id, no, service, state }) => ({
          id,
          no,
          service,
          state: JSON.stringify(state),
          updated_at: at,
        })),
      )
      .execute();
  }
  return known;
}

export interface StateRow {
  readonly id: string;
  readonly no: number;
  readonly service: string;
  readonly state: MonitorState;
}

export async function writeStates(tx: Tx, monitors: readonly StateRow[], at: number): Promise<void> {
  for (const rows of chunks(monitors)) {
    await tx
      .insertInto('monitor')
      .values(
        rows.map(({ id, no, service, state }) => ({
          id,
          no,
          service,
          state: JSON.stringify(state),
          updated_at: at,
        })),
      )
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          state: eb.ref('excluded.state'),
          service: eb.ref('excluded.service'),
          updated_at: eb.ref('excluded.updated_at'),
        })),
      )
      .execute();
  }
}

export interface Transition {
  readonly monitor: number;
  readonly seq: number;
  readonly at: number;
  readonly health: Health;
  readonly overlay: Overlay | null;
  readonly reason: Reason | null;
}

/** Writing a transition a second time changes nothing. */
export async function writeTransitions(tx: Tx, transitions: readonly Transition[]): Promise<void> {
  for (const rows of chunks(transitions)) {
    await tx
      .insertInto('monitor_transition')
      .values(rows.map((row) => ({ ...row, reason: row.reason && JSON.stringify(row.reason) })))
      .onConflict((conflict) => conflict.columns(['monitor', 'seq']).doNothing())
      .execute();
  }
}

const asTransition = (row: TransitionTable): Transition => ({
  ...row,
  reason: row.reason === null ? null : (JSON.parse(row.reason) as Reason),
});

/** All since `from`, and for each monitor the last one before it, in order of time. */
export async function readTransitions(db: Reader, from: number, to: number): Promise<Transition[]> {
  const before = await db
    .selectFrom('monitor_transition as t')
    .innerJoin(
      (eb) =>
        eb
          .selectFrom('monitor_transition')
          .select((inner) => ['monitor', inner.fn.max('seq').as('seq')])
          .where('at', '<', from)
          .groupBy('monitor')
          .as('last'),
      (join) => join.onRef('last.monitor', '=', 't.monitor').onRef('last.seq', '=', 't.seq'),
    )
    .selectAll('t')
    .execute();
  const inside = await db
    .selectFrom('monitor_transition')
    .selectAll()
    .where('at', '>=', from)
    .where('at', '<', to)
    .orderBy('at')
    .orderBy('seq')
    .execute();
  return [...before, ...inside].map(asTransition);
}

export async function lastTransitions(db: Reader, monitor: number, limit: number): Promise<Transition[]> {
  const rows = await db
    .selectFrom('monitor_transition')
    .selectAll()
    .where('monitor', '=', monitor)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map(asTransition);
}

export async function firstTransitionAt(db: Reader): Promise<number | undefined> {
  const row = await db
    .selectFrom('monitor_transition')
    .select((eb) => eb.fn.min('at').as('at'))
    .executeTakeFirst();
  return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
}

export interface Packed {
  readonly no: number;
  readonly hour: number;
  readonly pack: Uint8Array;
}

export async function writePacks(tx: Tx, packs: readonly Packed[]): Promise<void> {
  for (const rows of chunks(packs)) {
    await tx
      .insertInto('raw_hour')
      .values(rows.map(({ no, hour, pack }) => ({ slot: slotOf(hour, no), pack: Buffer.from(pack) })))
      .onConflict((conflict) =>
        conflict.column('slot').doUpdateSet((eb) => ({ pack: eb.ref('excluded.pack') })),
      )
      .execute();
  }
}

/** All packs of these hours: [from, to). */
export async function readHours(db: Reader, from: number, to: number): Promise<Packed[]> {
  const rows = await db
    .selectFrom('raw_hour')
    .selectAll()
    .where('slot', '>=', slotOf(from, 0))
    .where('slot', '<', slotOf(to, 0))
    .execute();
  return rows.map(({ slot, pack }) => ({ no: slot % PER_HOUR, hour: Math.floor(slot / PER_HOUR), pack }));
}

/** The packs of one monitor; at most a week is kept. */
export async function readPacks(db: Reader, no: number, from: number, to: number): Promise<Packed[]> {
  const hours = Array.from({ length: Math.min(200, Math.max(0, to - from)) }, (_, i) => from + i);
  if (hours.length === 0) return [];
  const rows = await db
    .selectFrom('raw_hour')
    .selectAll()
    .where(
      'slot',
      'in',
      hours.map((hour) => slotOf(hour, no)),
    )
    .orderBy('slot')
    .execute();
  return rows.map(({ slot, pack }) => ({ no, hour: Math.floor(slot / PER_HOUR), pack }));
}

/** One range: everything before this hour. */
export async function deleteHoursBefore(db: Reader, hour: number): Promise<void> {
  await db.deleteFrom('raw_hour').where('slot', '<', slotOf(hour, 0)).execute();
}

export interface MonitorDay {
  readonly monitor: number;
  readonly day: number;
  readonly charged: Charged;
  readonly checks: number;
  /** 24 × (p50, p95, max) as latency buckets. */
  readonly hours: Uint8Array;
}

export interface ServiceDay {
  readonly service: string;
  readonly day: number;
  readonly charged: Charged;
}

const seconds = (charged: Charged) => ({
  up: Math.round(charged.up / 1_000),
  down: Math.round(charged.down / 1_000),
  maintenance: Math.round(charged.maintenance / 1_000),
  unknown: Math.round(charged.unknown / 1_000),
});

const milliseconds = (row: DayColumns): Charged => ({
  up: row.up * 1_000,
  down: row.down * 1_000,
  maintenance: row.maintenance * 1_000,
  unknown: row.unknown * 1_000,
});

export async function writeDays(
  tx: Tx,
  monitors: readonly MonitorDay[],
  services: readonly ServiceDay[],
): Promise<void> {
  for (const rows of chunks(monitors)) {
    await tx
      .insertInto('monitor_day')
      .values(
        rows.map(({ monitor, day, charged, checks, hours }) => ({
          monitor,
          day,
          checks,
          hours: Buffer.from(hours),
          ...seconds(charged),
        })),
      )
      .onConflict((conflict) => conflict.columns(['monitor', 'day']).doNothing())
      .execute();
  }
  for (const rows of chunks(services)) {
    await tx
      .insertInto('service_day')
      .values(rows.map(({ service, day, charged }) => ({ service, day, ...seconds(charged) })))
      .onConflict((conflict) => conflict.columns(['service', 'day']).doNothing())
      .execute();
  }
}

export async function readServiceDays(db: Reader, from: number): Promise<ServiceDay[]> {
  const rows = await db
    .selectFrom('service_day')
    .selectAll()
    .where('day', '>=', from)
    .orderBy('day')
    .execute();
  return rows.map((row) => ({ service: row.service, day: row.day, charged: milliseconds(row) }));
}

export async function readMonitorDays(db: Reader, monitor: number, from: number): Promise<MonitorDay[]> {
  const rows = await db
    .selectFrom('monitor_day')
    .selectAll()
    .where('monitor', '=', monitor)
    .where('day', '>=', from)
    .orderBy('day')
    .execute();
  return rows.map((row) => ({
    monitor,
    day: row.day,
    charged: milliseconds(row),
    checks: row.checks,
    hours: row.hours,
  }));
}

export async function lastRolledDay(db: Reader): Promise<number | undefined> {
  const row = await db
    .selectFrom('monitor_day')
    .select((eb) => eb.fn.max('day').as('day'))
    .executeTakeFirst();
  return row?.day === null || row?.day === undefined ? undefined : Number(row.day);
}

export async function writeHeartbeat(db: Reader, monitor: string, beat: Beat): Promise<void> {
  const row = { at: beat.at, ok: beat.ok ? 1 : 0, message: beat.message ?? null };
  await db
    .insertInto('heartbeat')
    .values({ monitor, ...row })
    .onConflict((conflict) => conflict.column('monitor').doUpdateSet(row))
    .execute();
}

export async function readHeartbeat(db: Reader, monitor: string): Promise<Beat | undefined> {
  const row = await db.selectFrom('heartbeat').selectAll().where('monitor', '=', monitor).executeTakeFirst();
  if (!row) return undefined;
  return { at: row.at, ok: row.ok === 1, ...(row.message === null ? {} : { message: row.message }) };
}

export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly until: number;
}

/** Takes or renews the lease; false while somebody else holds it. */
export async function takeLease(db: Reader, lease: Lease, now: number): Promise<boolean> {
  const result = await db
    .insertInto('lease')
    .values(lease)
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder: lease.holder, until: lease.until })
        .where((eb) => eb.or([eb('lease.holder', '=', lease.holder), eb('lease.until', '<', now)])),
    )
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** When somebody last held it: the last time that anything was watched. */
export async function leaseUntil(db: Reader, name: string): Promise<number | undefined> {
  const row = await db.selectFrom('lease').select('until').where('name', '=', name).executeTakeFirst();
  return row?.until;
}

/** Inside of a transaction: throws when the lease has gone to another process. */
export async function requireLease(tx: Tx, name: string, holder: string): Promise<void> {
  const row = await tx.selectFrom('lease').select('holder').where('name', '=', name).executeTakeFirst();
  if (row?.holder !== holder) throw new LeaseLost();
}

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export async function giveLeaseBack(db: Db, name: string, holder: string, now: number): Promise<void> {
  await db.kysely
    .updateTable('lease')
    .set({ until: now })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute();
}
