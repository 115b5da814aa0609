import type { Reader, Tx } from '../db/db.ts';
import type {
  Impact,
  Incident,
  IncidentStatus,
  Maintenance,
  MaintenanceKind,
  Said,
  Update,
} from './schema.ts';

interface IncidentTable {
  id: string;
  origin: 'monitor' | 'person';
  title: string;
  impact: Impact;
  status: IncidentStatus;
  services: string;
  opened_at: number;
  resolved_at: number | null;
  updated_at: number;
  joined: number;
  ticket: string | null;
}
interface IncidentUpdateTable {
  id: string;
  incident: string;
  at: number;
  status: IncidentStatus;
  body: string;
  by: string;
}
interface IncidentMonitorTable {
  incident: string;
  monitor: string;
  since: number;
  until: number | null;
}
interface IncidentJoinTable {
  incident: string;
  contact: string;
  at: number;
}
interface MaintenanceTable {
  id: string;
  title: string;
  body: string;
  kind: MaintenanceKind;
  services: string;
  starts_at: number;
  ends_at: number;
  cancelled: number;
  by: string;
  created_at: number;
  updated_at: number;
}
declare module '../db/tables.ts' {
  interface Tables {
    incident: IncidentTable;
    incident_update: IncidentUpdateTable;
    incident_monitor: IncidentMonitorTable;
    incident_join: IncidentJoinTable;
    maintenance: MaintenanceTable;
  }
}

// What we wrote ourselves, as JSON, comes back as what it was.
const said = (text: string): Said => JSON.parse(text) as Said;
const ids = (text: string): string[] => JSON.parse(text) as string[];

/** Open ones and all that were opened since `since`, newest first, with their timelines. */
export async function readIncidents(db: Reader, since: number): Promise<Incident[]> {
  const rows = await db
    .selectFrom('incident')
    .selectAll()
    .where((eb) => eb.or([eb('resolved_at', 'is', null), eb('opened_at', '>=', since)]))
    .orderBy('opened_at', 'desc')
    .limit(500)
    .execute();
  return await withUpdates(db, rows);
}

export async function readIncident(db: Reader, id: string): Promise<Incident | undefined> {
  const rows = await db.selectFrom('incident').selectAll().where('id', '=', id).execute();
  return (await withUpdates(db, rows))[0];
}

async function withUpdates(db: Reader, rows: readonly IncidentTable[]): Promise<Incident[]> {
  if (rows.length === 0) return [];
  const updates = await db
    .selectFrom('incident_update')
    .selectAll()
    .where(
      'incident',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('at')
    .orderBy('id')
    .execute();
  const byIncident = Map.groupBy(updates, (update) => update.incident);
  return rows.map((row) => ({
    id: row.id,
    origin: row.origin,
    title: said(row.title),
    impact: row.impact,
    status: row.status,
    services: ids(row.services),
    openedAt: row.opened_at,
    resolvedAt: row.resolved_at,
    updatedAt: row.updated_at,
    joined: row.joined,
    ticket: row.ticket,
    updates: (byIncident.get(row.id) ?? []).map(
      (update): Update => ({
        id: update.id,
        at: update.at,
        status: update.status,
        body: said(update.body),
        by: update.by,
      }),
    ),
  }));
}

export async function insertIncident(
  tx: Tx,
  incident: Omit<Incident, 'updates' | 'ticket' | 'joined'>,
): Promise<void> {
  await tx
    .insertInto('incident')
    .values({
      id: incident.id,
      origin: incident.origin,
      title: JSON.stringify(incident.title),
      impact: incident.impact,
      status: incident.status,
      services: JSON.stringify(incident.services),
      opened_at: incident.openedAt,
      resolved_at: incident.resolvedAt,
      updated_at: incident.updatedAt,
      joined: 0,
      ticket: null,
    })
    .execute();
}

/** Adds a line to the timeline; the incident takes over its status. */
export async function insertUpdate(tx: Tx, incident: string, update: Update): Promise<void> {
  await tx
    .insertInto('incident_update')
    .values({ ...update, incident, body: JSON.stringify(update.body) })
    .execute();
  await tx
    .updateTable('incident')
    .set({
      status: update.status,
      updated_at: update.at,
      resolved_at: update.status === 'resolved' ? update.at : null,
    })
    .where('id', '=', incident)
    .execute();
}

export async function setImpact(
  tx: Tx,
  incident: string,
  impact: Impact,
  services: readonly string[],
): Promise<void> {
  await tx
    .updateTable('incident')
    .set({ impact, services: JSON.stringify(services) })
    .where('id', '=', incident)
    .execute();
}

export async function setTicket(tx: Tx, incident: string, ticket: string, at: number): Promise<void> {
  await tx.updateTable('incident').set({ ticket, updated_at: at }).where('id', '=', incident).execute();
}

/** An open incident that monitors opened for this service. */
export async function openIncidentOf(tx: Tx, service: string): Promise<Incident | undefined> {
  const rows = await tx
    .selectFrom('incident')
    .selectAll()
    .where('resolved_at', 'is', null)
    .where('origin', '=', 'monitor')
    .orderBy('opened_at')
    .execute();
  const mine = rows.filter((row) => ids(row.services).includes(service)).slice(0, 1);
  return (await withUpdates(tx, mine))[0];
}

export async function addMonitor(tx: Tx, incident: string, monitor: string, at: number): Promise<void> {
  await tx
    .insertInto('incident_monitor')
    .values({ incident, monitor, since: at, until: null })
    .onConflict((conflict) => conflict.columns(['incident', 'monitor', 'since']).doNothing())
    .execute();
}

/** Ends the monitor's part in its open incidents; returns them. */
export async function endMonitor(tx: Tx, monitor: string, at: number): Promise<readonly string[]> {
  const rows = await tx
    .updateTable('incident_monitor')
    .set({ until: at })
    .where('monitor', '=', monitor)
    .where('until', 'is', null)
    .returning('incident')
    .execute();
  return [...new Set(rows.map((row) => row.incident))];
}

export async function monitorsOf(db: Reader, incident: string): Promise<readonly IncidentMonitorTable[]> {
  return await db.selectFrom('incident_monitor').selectAll().where('incident', '=', incident).execute();
}

/** The number of people after this one; the same contact counts once. */
export async function insertJoin(tx: Tx, incident: string, contact: string, at: number): Promise<number> {
  await tx
    .insertInto('incident_join')
    .values({ incident, contact, at })
    .onConflict((conflict) => conflict.columns(['incident', 'contact']).doNothing())
    .execute();
  const { joined } = await tx
    .selectFrom('incident_join')
    .select((eb) => eb.fn.countAll<number>().as('joined'))
    .where('incident', '=', incident)
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('incident')
    .set({ joined: Number(joined), updated_at: at })
    .where('id', '=', incident)
    .execute();
  return Number(joined);
}

export async function insertMaintenance(tx: Tx, window: Maintenance, by: string): Promise<void> {
  await tx
    .insertInto('maintenance')
    .values({
      id: window.id,
      title: JSON.stringify(window.title),
      body: JSON.stringify(window.body),
      kind: window.kind,
      services: JSON.stringify(window.services),
      starts_at: window.startsAt,
      ends_at: window.endsAt,
      cancelled: 0,
      by,
      created_at: window.createdAt,
      updated_at: window.updatedAt,
    })
    .execute();
}

export async function cancelMaintenance(tx: Tx, id: string, at: number): Promise<boolean> {
  const result = await tx
    .updateTable('maintenance')
    .set({ cancelled: 1, updated_at: at })
    .where('id', '=', id)
    .where('cancelled', '=', 0)
    .where('ends_at', '>', at)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Windows that end after `since` and were not called off, in order of their beginning. */
export async function readMaintenance(db: Reader, since: number): Promise<Maintenance[]> {
  const rows = await db
    .selectFrom('maintenance')
    .selectAll()
    .where('ends_at', '>', since)
    .where('cancelled', '=', 0)
    .orderBy('starts_at')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    title: said(row.title),
    body: said(row.body),
    kind: row.kind,
    services: ids(row.services),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

/** Changes when anything a page could show has changed: for processes that did not write it. */
export async function incidentsVersion(db: Reader): Promise<string> {
  // Counts beside the instants: two changes in one millisecond are two changes.
  const one = await db
    .selectFrom('incident')
    .select((eb) => [
      eb.fn.max('updated_at').as('at'),
      eb.fn.countAll<number>().as('n'),
      eb.fn.sum<number>('joined').as('joined'),
      eb.fn.count<number>('ticket').as('tickets'),
    ])
    .executeTakeFirstOrThrow();
  const told = await db
    .selectFrom('incident_update')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  const two = await db
    .selectFrom('maintenance')
    .select((eb) => [
      eb.fn.max('updated_at').as('at'),
      eb.fn.countAll<number>().as('n'),
      eb.fn.sum<number>('cancelled').as('cancelled'),
    ])
    .executeTakeFirstOrThrow();
  return [...Object.values(one), told.n, ...Object.values(two)].join('.');
}
