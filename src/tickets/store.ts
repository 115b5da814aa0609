import { type Selectable, sql } from 'kysely';
import type { Reader, Tx } from '../db/db.ts';
import { newId } from '../lib/id.ts';
import type { Tier } from '../lib/who.ts';
import { type Alarm, alarmsOf, type ClockKind, clocksOf, nextDeadline, type SlaPolicy } from './clocks.ts';
import type { Priority } from './contract.ts';
import { type Fact, factSchema, type State, type TicketEvent, type WaitingFor } from './schema.ts';
import { searchText } from './search-text.ts';
import { CLOSE_MS, replay, type Ticket } from './ticket.ts';

interface TicketTable {
  id: string;
  number: number;
  key: string;
  version: number;
  summary: string;
  search_text: string;
  lang: string;
  channel: string;
  service: string | null;
  requester_login: string | null;
  requester_email: string | null;
  requester_name: string | null;
  state: State;
  waiting_for: WaitingFor | null;
  priority: Priority;
  tier: Tier;
  assignee: string | null;
  assignee_name: string | null;
  opened_at: number;
  updated_at: number;
  ended_at: number | null;
  due_at: number | null;
  due_clock: ClockKind | null;
  alarm_at: number | null;
  close_at: number | null;
}
interface TicketEventTable {
  ticket_id: string;
  seq: number;
  at: number;
  by: string;
  kind: string;
  data: string;
  key: string | null;
}
interface TicketAlarmTable {
  ticket_id: string;
  clock: ClockKind;
  cycle: number;
  level: number;
  fired_at: number;
}
declare module '../db/tables.ts' {
  interface Tables {
    ticket: TicketTable;
    ticket_event: TicketEventTable;
    ticket_alarm: TicketAlarmTable;
    ticket_counter: { name: string; value: number };
  }
}

export type TicketRow = Readonly<Selectable<TicketTable>>;

export interface LoadedTicket {
  readonly id: string;
  readonly number: number;
  readonly events: readonly TicketEvent[];
  readonly ticket: Ticket;
}

export const rowByKey = (reader: Reader, key: string): Promise<TicketRow | undefined> =>
  reader.selectFrom('ticket').selectAll().where('key', '=', key).executeTakeFirst();

/** The next number. The counter's row is the lock under which tickets are opened, one after the other. */
export async function takeNumber(tx: Tx): Promise<number> {
  const row = await tx
    .updateTable('ticket_counter')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'ticket')
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value;
}

/** Puts a number back that was taken in the same transaction and is not needed. */
export async function returnNumber(tx: Tx): Promise<void> {
  await tx
    .updateTable('ticket_counter')
    .set((eb) => ({ value: eb('value', '-', 1) }))
    .where('name', '=', 'ticket')
    .execute();
}

export async function insertTicket(
  tx: Tx,
  parts: {
    readonly number: number;
    readonly key: string;
    readonly event: TicketEvent;
    readonly policy: SlaPolicy;
  },
): Promise<LoadedTicket> {
  const { number, key, event, policy } = parts;
  const id = newId();
  const ticket = replay([event]);
  const { opened } = ticket;
  await tx
    .insertInto('ticket')
    .values({
      id,
      number,
      key,
      summary: opened.summary,
      search_text: searchText(number, opened),
      lang: opened.lang,
      channel: opened.channel,
      service: opened.service ?? null,
      requester_login: opened.requester?.login ?? null,
      requester_email: opened.requester?.email?.toLowerCase() ?? null,
      requester_name: opened.requester?.name ?? null,
      opened_at: ticket.since,
      ...projection(ticket, [event], policy),
    })
    .execute();
  await insertEvent(tx, id, event);
  return { id, number, events: [event], ticket };
}

/** The ticket, locked until the end of the transaction: decisions about one ticket queue up here. */
export async function lockTicket(tx: Tx, number: number): Promise<LoadedTicket | undefined> {
  const row = await tx
    .updateTable('ticket')
    .set((eb) => ({ version: eb.ref('version') }))
    .where('number', '=', number)
    .returning(['id', 'number'])
    .executeTakeFirst();
  return row && (await loaded(tx, row));
}

export async function readTicket(reader: Reader, number: number): Promise<LoadedTicket | undefined> {
  const row = await reader
    .selectFrom('ticket')
    .select(['id', 'number'])
    .where('number', '=', number)
    .executeTakeFirst();
  return row && (await loaded(reader, row));
}

async function loaded(
  reader: Reader,
  row: { readonly id: string; readonly number: number },
): Promise<LoadedTicket> {
  const rows = await reader
    .selectFrom('ticket_event')
    .select(['seq', 'at', 'by', 'kind', 'data'])
    .where('ticket_id', '=', row.id)
    .orderBy('seq')
    .execute();
  const events = rows.map(
    ({ seq, at, by, kind, data }): TicketEvent => ({
      ...factSchema.parse({ ...(JSON.parse(data) as object), kind }),
      seq,
      at,
      by,
    }),
  );
  return { ...row, events, ticket: replay(events) };
}

/** Whether an action with this key was already written to the ticket. */
export async function hasEventKey(tx: Tx, ticketId: string, key: string): Promise<boolean> {
  const row = await tx
    .selectFrom('ticket_event')
    .select('seq')
    .where('ticket_id', '=', ticketId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row !== undefined;
}

export interface Append {
  readonly by: string;
  readonly at: number;
  readonly facts: readonly Fact[];
  /** Idempotency of the action; stands on its first event. */
  readonly key?: string | undefined;
  readonly policy: SlaPolicy;
  /** Compute the row anew even when nothing is added. */
  readonly touch?: boolean;
}

/** Adds events to a locked ticket and brings its row up to date. */
export async function appendEvents(tx: Tx, before: LoadedTicket, append: Append): Promise<LoadedTicket> {
  // A clock that was set back must not put an event before the one it follows.
  const at = Math.max(append.at, before.ticket.updatedAt);
  const added = append.facts.map(
    (fact, index): TicketEvent => ({ ...fact, seq: before.ticket.version + 1 + index, at, by: append.by }),
  );
  if (added.length === 0 && !append.touch) return before;
  for (const [index, event] of added.entries()) {
    await insertEvent(tx, before.id, event, index === 0 ? append.key : undefined);
  }
  const events = [...before.events, ...added];
  const ticket = replay(events);
  const fired = await firedAlarms(tx, before.id);
  await tx
    .updateTable('ticket')
    .set(projection(ticket, events, append.policy, fired))
    .where('id', '=', before.id)
    .execute();
  return { ...before, events, ticket };
}

async function insertEvent(tx: Tx, ticketId: string, event: TicketEvent, key?: string): Promise<void> {
  const { seq, at, by, kind, ...data } = event;
  await tx
    .insertInto('ticket_event')
    .values({ ticket_id: ticketId, seq, at, by, kind, data: JSON.stringify(data), key: key ?? null })
    .execute();
}

const alarmId = (alarm: Pick<Alarm, 'clock' | 'cycle' | 'level'>): string =>
  `${alarm.clock}/${alarm.cycle}/${alarm.level}`;

/** What is derived from the events, for lists and for the clock. */
function projection(
  ticket: Ticket,
  events: readonly TicketEvent[],
  policy: SlaPolicy,
  fired: ReadonlySet<string> = new Set(),
) {
  const clocks = clocksOf(events, policy);
  const due = nextDeadline(clocks, policy.calendar);
  const ahead = alarmsOf(clocks, policy.calendar)
    .filter((alarm) => !fired.has(alarmId(alarm)))
    .map((alarm) => alarm.reachedAt);
  const endedAt = ticket.closedAt ?? ticket.solvedAt;
  return {
    version: ticket.version,
    state: ticket.state,
    waiting_for: ticket.waitingFor ?? null,
    priority: ticket.priority,
    tier: ticket.tier,
    assignee: ticket.assignee?.login ?? null,
    assignee_name: ticket.assignee?.name ?? null,
    updated_at: ticket.updatedAt,
    ended_at: endedAt ?? null,
    due_at: due?.dueAt ?? null,
    due_clock: due?.clock ?? null,
    alarm_at: ahead.length > 0 ? Math.min(...ahead) : null,
    close_at: ticket.state === 'solved' && ticket.solvedAt !== undefined ? ticket.solvedAt + CLOSE_MS : null,
  };
}

async function firedAlarms(reader: Reader, ticketId: string): Promise<ReadonlySet<string>> {
  const rows = await reader
    .selectFrom('ticket_alarm')
    .select(['clock', 'cycle', 'level'])
    .where('ticket_id', '=', ticketId)
    .execute();
  return new Set(rows.map((row) => `${row.clock}/${row.cycle}/${row.level}`));
}

/** True for the one who fires this level first; the unique key decides between workers. */
export async function fireAlarm(tx: Tx, ticketId: string, alarm: Alarm, now: number): Promise<boolean> {
  const result = await tx
    .insertInto('ticket_alarm')
    .values({
      ticket_id: ticketId,
      clock: alarm.clock,
      cycle: alarm.cycle,
      level: alarm.level,
      fired_at: now,
    })
    .onConflict((conflict) => conflict.columns(['ticket_id', 'clock', 'cycle', 'level']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Numbers of tickets with a level to fire, or to close, by `now`. */
export async function dueNumbers(
  reader: Reader,
  column: 'alarm_at' | 'close_at',
  now: number,
): Promise<readonly number[]> {
  const rows = await reader
    .selectFrom('ticket')
    .select('number')
    .where(column, '<=', now)
    .orderBy(column)
    .limit(500)
    .execute();
  return rows.map((row) => row.number);
}

export interface TicketFilter {
  readonly tier?: Tier | undefined;
  readonly state?: State | 'active' | undefined;
  /** A login, `none` for unclaimed. */
  readonly assignee?: string | undefined;
  readonly q?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** One page of a queue: what falls due first is first, what has no deadline comes last. */
export async function listTickets(
  reader: Reader,
  filter: TicketFilter,
): Promise<{ readonly rows: readonly TicketRow[]; readonly total: number }> {
  const matching = matchingTickets(reader, filter);
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy(sql`case when due_at is null then 1 else 0 end`)
      .orderBy('due_at')
      .orderBy('updated_at', 'desc')
      .limit(filter.limit)
      .offset(filter.offset)
      .execute(),
    matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows, total: Number(count.total) };
}

function matchingTickets(reader: Reader, filter: TicketFilter) {
  let query = reader.selectFrom('ticket');
  if (filter.tier) query = query.where('tier', '=', filter.tier);
  if (filter.state === 'active') query = query.where('state', 'in', ['new', 'open', 'waiting']);
  else if (filter.state) query = query.where('state', '=', filter.state);
  if (filter.assignee === 'none') query = query.where('assignee', 'is', null);
  else if (filter.assignee) query = query.where('assignee', '=', filter.assignee);
  for (const word of searchText(undefined, { summary: filter.q ?? '' })
    .split(' ')
    .filter(Boolean)
    .slice(0, 8)) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where(sql<boolean>`search_text like ${pattern} escape '\\'`);
  }
  return query;
}

/** How many active tickets wait in each tier, and how many are nobody's. */
export async function countQueues(reader: Reader) {
  return await reader
    .selectFrom('ticket')
    .select((eb) => [
      'tier',
      eb.fn.countAll<number>().as('active'),
      eb.fn.sum<number>(eb.case().when('assignee', 'is', null).then(1).else(0).end()).as('unclaimed'),
    ])
    .where('state', 'in', ['new', 'open', 'waiting'])
    .groupBy('tier')
    .execute();
}

export interface OwnTickets {
  readonly login?: string | undefined;
  readonly email?: string | undefined;
  readonly numbers?: readonly number[];
}

/** Tickets of one requester, newest first. */
export async function ticketsOf(reader: Reader, own: OwnTickets, limit = 50): Promise<readonly TicketRow[]> {
  const { login, email, numbers = [] } = own;
  if (!login && !email && numbers.length === 0) return [];
  return await reader
    .selectFrom('ticket')
    .selectAll()
    .where((eb) =>
      eb.or([
        ...(login ? [eb('requester_login', '=', login)] : []),
        ...(email ? [eb('requester_email', '=', email.toLowerCase())] : []),
        ...(numbers.length > 0 ? [eb('number', 'in', numbers)] : []),
      ]),
    )
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
}

/** How many tickets were opened for this address since; for the fence around mails. */
export async function openedFor(reader: Reader, email: string, since: number): Promise<number> {
  const row = await reader
    .selectFrom('ticket')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('requester_email', '=', email.toLowerCase())
    .where('opened_at', '>=', since)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** How many of a requester's tickets are not over. */
export async function activeTicketsOf(reader: Reader, own: OwnTickets): Promise<number> {
  const rows = await ticketsOf(reader, own, 200);
  return rows.filter(({ state }) => state !== 'solved' && state !== 'closed').length;
}
