import type { Db, Tx } from '../db/db.ts';
import { translator } from '../i18n/words.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/id.ts';
import { LANGS, type Lang, localText } from '../lib/lang.ts';
import { matchIncidents, type Wanted } from './matching.ts';
import type {
  Impact,
  Incident,
  IncidentStatus,
  Maintenance,
  NewIncident,
  NewMaintenance,
  NewUpdate,
  Said,
} from './schema.ts';
import * as store from './store.ts';

/** How far back incidents are kept in memory for pages and feeds; older ones are read when asked for. */
const RECENT_MS = 90 * 86_400_000;
const MAINTENANCE_MS = 30 * 86_400_000;

export interface IncidentView {
  readonly id: string;
  readonly title: string;
  readonly impact: Impact;
  readonly status: IncidentStatus;
  readonly services: readonly { readonly id: string; readonly name: string }[];
  readonly openedAt: number;
  readonly resolvedAt: number | null;
  readonly updatedAt: number;
  readonly joined: number;
  /** Newest first. */
  readonly updates: readonly {
    readonly id: string;
    readonly at: number;
    readonly status: IncidentStatus;
    readonly text: string;
  }[];
  readonly url: string;
}

export interface MaintenanceView {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly kind: Maintenance['kind'];
  readonly status: 'scheduled' | 'in-progress' | 'completed';
  readonly services: readonly { readonly id: string; readonly name: string }[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What pages, the gate and other features may ask of incidents. Reads come from memory and never wait. */
export interface Incidents {
  open(lang: Lang): readonly IncidentView[];
  /** Open and closed ones of the last 90 days, newest first. */
  recent(lang: Lang): readonly IncidentView[];
  byId(id: string, lang: Lang): Promise<IncidentView | undefined>;
  matching(wanted: Wanted, lang: Lang): readonly IncidentView[];
  maintenance(lang: Lang): readonly MaintenanceView[];
  /** "Me too": how many people that makes. A contact counts once. Throws `incidents.unknown`, `incidents.closed`. */
  join(id: string, contact: string): Promise<number>;
  declare(incident: NewIncident, by: string): Promise<string>;
  update(id: string, update: NewUpdate, by: string): Promise<void>;
  plan(window: NewMaintenance, by: string): Promise<string>;
  callOff(id: string, by: string): Promise<void>;
  /** Changes with everything that these reads could show. */
  version(): number;
}

/** What monitors write, in their own transaction; they call `refresh` when it is through. */
export interface IncidentBook extends Incidents {
  monitorDown(tx: Tx, down: MonitorDown): Promise<void>;
  monitorUp(tx: Tx, monitor: string, at: number): Promise<void>;
  rows(): readonly Incident[];
  windows(): readonly Maintenance[];
  ticketOpened(tx: Tx, incident: string, ticket: string): Promise<void>;
  /** Reads what changed in the database; `true` when something did. */
  refresh(): Promise<boolean>;
}

export interface MonitorDown {
  readonly monitor: string;
  readonly service: string;
  readonly impact: Impact;
  readonly at: number;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly serviceName: (id: string, lang: Lang) => string;
  readonly isService: (id: string) => boolean;
  readonly audit?: ((tx: Tx, entry: AuditEntry) => Promise<void>) | undefined;
  readonly onChange?: () => void;
}

export function createIncidents({ db, clock, serviceName, isService, audit, onChange }: Deps): IncidentBook {
  let incidents: readonly Incident[] = [];
  let windows: readonly Maintenance[] = [];
  let seen = '';
  let version = 0;

  const isOpen = (incident: Incident): boolean => incident.resolvedAt === null;

  function words(said: Said, lang: Lang): string {
    if ('text' in said) return localText(said.text, lang);
    const { service, ...rest } = said.params;
    const values = typeof service === 'string' ? { ...rest, service: serviceName(service, lang) } : rest;
    return translator(lang)(said.key, values);
  }

  const named = (ids: readonly string[], lang: Lang) =>
    ids.map((id) => ({ id, name: serviceName(id, lang) }));

  const view = (incident: Incident, lang: Lang): IncidentView => ({
    id: incident.id,
    title: words(incident.title, lang),
    impact: incident.impact,
    status: incident.status,
    services: named(incident.services, lang),
    openedAt: incident.openedAt,
    resolvedAt: incident.resolvedAt,
    updatedAt: incident.updatedAt,
    joined: incident.joined,
    updates: incident.updates
      .map(({ id, at, status, body }) => ({ id, at, status, text: words(body, lang) }))
      .reverse(),
    url: `/${lang}/status/incidents/${incident.id}`,
  });

  function windowView(window: Maintenance, lang: Lang): MaintenanceView {
    const now = clock.now();
    const status = now < window.startsAt ? 'scheduled' : now < window.endsAt ? 'in-progress' : 'completed';
    const { title, body, services, ...rest } = window;
    return {
      ...rest,
      status,
      title: words(title, lang),
      text: words(body, lang),
      services: named(services, lang),
    };
  }

  const about = (incident: Incident): string[] =>
    LANGS.flatMap((lang) => [
      words(incident.title, lang),
      ...incident.services.map((id) => serviceName(id, lang)),
    ]);

  async function refresh(): Promise<boolean> {
    const now = clock.now();
    const found = await store.incidentsVersion(db.kysely);
    if (found === seen) return false;
    incidents = await store.readIncidents(db.kysely, now - RECENT_MS);
    windows = await store.readMaintenance(db.kysely, now - MAINTENANCE_MS);
    seen = found;
    version++;
    onChange?.();
    return true;
  }

  async function write(action: AuditEntry, work: (tx: Tx) => Promise<void>): Promise<void> {
    await db.tx(async (tx) => {
      await work(tx);
      await audit?.(tx, action);
    });
    await refresh();
  }

  function requireServices(ids: readonly string[]): void {
    const unknown = ids.find((id) => !isService(id));
    if (unknown !== undefined)
      throw new AppError('incidents.unknown-service', { status: 422, params: { service: unknown } });
  }

  const update = (status: IncidentStatus, body: Said, by: string, at: number) => ({
    id: newId(),
    at,
    status,
    body,
    by,
  });

  return {
    open: (lang) => incidents.filter(isOpen).map((incident) => view(incident, lang)),
    recent: (lang) => incidents.map((incident) => view(incident, lang)),
    async byId(id, lang) {
      const known = incidents.find((incident) => incident.id === id);
      const incident = known ?? (await store.readIncident(db.kysely, id));
      return incident && view(incident, lang);
    },
    matching: (wanted, lang) =>
      matchIncidents(incidents.filter(isOpen), wanted, about).map((incident) => view(incident, lang)),
    maintenance: (lang) => windows.map((window) => windowView(window, lang)),
    async join(id, contact) {
      const joined = await db.tx(async (tx) => {
        const incident = await store.readIncident(tx, id);
        if (!incident) throw new AppError('incidents.unknown', { status: 404 });
        if (!isOpen(incident)) throw new AppError('incidents.closed', { status: 409 });
        return await store.insertJoin(tx, id, contact.slice(0, 200), clock.now());
      });
      await refresh();
      return joined;
    },
    async declare(incident, by) {
      requireServices(incident.services);
      const id = newId();
      const at = clock.now();
      await write({ actor: by, action: 'incidents.declare', subject: id }, async (tx) => {
        await store.insertIncident(tx, {
          id,
          origin: 'person',
          title: { text: filled(incident.title) },
          impact: incident.impact,
          status: 'investigating',
          services: incident.services,
          openedAt: at,
          resolvedAt: null,
          updatedAt: at,
        });
        await store.insertUpdate(tx, id, update('investigating', { text: filled(incident.text) }, by, at));
      });
      return id;
    },
    async update(id, { status, text }, by) {
      await write({ actor: by, action: 'incidents.update', subject: id, details: { status } }, async (tx) => {
        const incident = await store.readIncident(tx, id);
        if (!incident) throw new AppError('incidents.unknown', { status: 404 });
        if (!isOpen(incident)) throw new AppError('incidents.closed', { status: 409 });
        await store.insertUpdate(tx, id, update(status, { text: filled(text) }, by, clock.now()));
      });
    },
    async plan(window, by) {
      requireServices(window.services);
      const id = newId();
      const at = clock.now();
      const { title, text, ...rest } = window;
      const kept: Maintenance = {
        ...rest,
        id,
        title: { text: filled(title) },
        body: { text: filled(text) },
        createdAt: at,
        updatedAt: at,
      };
      await write({ actor: by, action: 'incidents.plan-maintenance', subject: id }, (tx) =>
        store.insertMaintenance(tx, kept, by),
      );
      return id;
    },
    async callOff(id, by) {
      await write({ actor: by, action: 'incidents.call-off-maintenance', subject: id }, async (tx) => {
        const found = await store.cancelMaintenance(tx, id, clock.now());
        if (!found) throw new AppError('incidents.unknown-maintenance', { status: 404 });
      });
    },
    version: () => version,
    rows: () => incidents,
    windows: () => windows,
    refresh,
    async monitorDown(tx, { monitor, service, impact, at }) {
      const by = 'system:monitors';
      const known = await store.openIncidentOf(tx, service);
      if (known) {
        await store.addMonitor(tx, known.id, monitor, at);
        if (worse(impact, known.impact)) await store.setImpact(tx, known.id, impact, known.services);
        const body = { key: 'incidents.said.more', params: { service } };
        if (known.status !== 'investigating' || worse(impact, known.impact))
          await store.insertUpdate(tx, known.id, update('investigating', body, by, at));
        return;
      }
      const id = newId();
      await store.insertIncident(tx, {
        id,
        origin: 'monitor',
        title: { key: 'incidents.title.down', params: { service } },
        impact,
        status: 'investigating',
        services: [service],
        openedAt: at,
        resolvedAt: null,
        updatedAt: at,
      });
      const body = { key: 'incidents.said.opened', params: { service } };
      await store.insertUpdate(tx, id, update('investigating', body, by, at));
      await store.addMonitor(tx, id, monitor, at);
    },
    async monitorUp(tx, monitor, at) {
      for (const id of await store.endMonitor(tx, monitor, at)) {
        const incident = await store.readIncident(tx, id);
        const others = await store.monitorsOf(tx, id);
        if (!incident || !isOpen(incident) || others.some((row) => row.until === null)) continue;
        const params = { service: incident.services[0] ?? '', minutes: minutes(at - incident.openedAt) };
        const body = { key: 'incidents.said.resolved', params };
        await store.insertUpdate(tx, id, update('resolved', body, 'system:monitors', at));
      }
    },
    async ticketOpened(tx, incident, ticket) {
      await store.setTicket(tx, incident, ticket, clock.now());
    },
  };
}

const minutes = (ms: number): number => Math.max(1, Math.round(ms / 60_000));
const ORDER: Readonly<Record<Impact, number>> = { minor: 0, major: 1, critical: 2 };
const worse = (a: Impact, b: Impact): boolean => ORDER[a] > ORDER[b];

/** Without the languages that were left out. */
const filled = (text: Readonly<Partial<Record<Lang, string | undefined>>>): Partial<Record<Lang, string>> =>
  Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined));
