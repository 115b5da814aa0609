import type { IncidentView, MaintenanceView } from '../incidents/incidents.ts';
import type { ServiceState } from './service-state.ts';
import type { ServiceStatus } from './status.ts';

/** What the widely used status-page JSON, version 2, calls our states. */
const COMPONENT: Readonly<Record<ServiceState, string>> = {
  operational: 'operational',
  // It has no word for "nothing is known"; its clients take everything else for trouble.
  unknown: 'operational',
  maintenance: 'under_maintenance',
  degraded: 'degraded_performance',
  partial: 'partial_outage',
  down: 'major_outage',
};

const INDICATOR: Readonly<Record<ServiceState, string>> = {
  operational: 'none',
  unknown: 'none',
  maintenance: 'maintenance',
  degraded: 'minor',
  partial: 'major',
  down: 'critical',
};

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export interface PageFacts {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly timeZone: string;
  readonly asOf: number;
}

export const pageJson = ({ id, name, baseUrl, timeZone, asOf }: PageFacts) => ({
  id,
  name,
  url: baseUrl,
  time_zone: timeZone,
  updated_at: iso(asOf),
});

export const statusJson = (overall: ServiceState, description: string) => ({
  indicator: INDICATOR[overall],
  description,
});

/** Services and their groups; a group is a component of its own, as clients expect. */
export function componentsJson(services: readonly ServiceStatus[], page: PageFacts) {
  const groups = new Map<string, ServiceStatus[]>();
  for (const service of services) {
    const members = groups.get(service.group.id);
    if (members) members.push(service);
    else groups.set(service.group.id, [service]);
  }
  const heads = [...groups].map(([id, members], position) => ({
    ...componentBase(page),
    id: `group:${id}`,
    name: members[0]?.group.name ?? id,
    status: COMPONENT[worst(members)],
    description: null,
    position: position + 1,
    group_id: null,
    group: true,
    components: members.map((member) => member.id),
  }));
  const members = services.map((service, position) => componentJson(service, position + 1, page));
  return [...heads, ...members];
}

const worst = (services: readonly ServiceStatus[]): ServiceState =>
  (['down', 'partial', 'degraded', 'maintenance'] as const).find((state) =>
    services.some((service) => service.state === state),
  ) ?? 'operational';

const componentBase = (page: PageFacts) => ({
  created_at: iso(0),
  updated_at: iso(page.asOf),
  start_date: null,
  showcase: true,
  only_show_if_degraded: false,
  page_id: page.id,
});

function componentJson(service: ServiceStatus, position: number, page: PageFacts) {
  return {
    ...componentBase(page),
    id: service.id,
    name: service.name,
    status: COMPONENT[service.state],
    description: service.description || null,
    position,
    group_id: `group:${service.group.id}`,
    group: false,
    updated_at: iso(service.since ?? page.asOf),
  };
}

export function incidentJson(incident: IncidentView, page: PageFacts) {
  const monitoring = incident.updates.find((update) => update.status === 'monitoring');
  return {
    id: incident.id,
    name: incident.title,
    status: incident.status,
    impact: incident.impact,
    created_at: iso(incident.openedAt),
    started_at: iso(incident.openedAt),
    updated_at: iso(incident.updatedAt),
    monitoring_at: isoOrNull(monitoring?.at ?? null),
    resolved_at: isoOrNull(incident.resolvedAt),
    shortlink: `${page.baseUrl}${incident.url}`,
    page_id: page.id,
    incident_updates: incident.updates.map((update) => ({
      id: update.id,
      incident_id: incident.id,
      status: update.status,
      body: update.text,
      created_at: iso(update.at),
      display_at: iso(update.at),
      updated_at: iso(update.at),
      affected_components: incident.services.map(({ id, name }) => ({ code: id, name })),
      deliver_notifications: false,
    })),
    components: incident.services.map(({ id, name }) => ({ id, name })),
  };
}

export function maintenanceJson(window: MaintenanceView, page: PageFacts) {
  const status = window.status.replace('-', '_');
  return {
    id: window.id,
    name: window.title,
    status,
    impact: 'maintenance',
    created_at: iso(window.createdAt),
    started_at: iso(window.startsAt),
    updated_at: iso(window.updatedAt),
    monitoring_at: null,
    resolved_at: window.status === 'completed' ? iso(window.endsAt) : null,
    scheduled_for: iso(window.startsAt),
    scheduled_until: iso(window.endsAt),
    shortlink: `${page.baseUrl}/`,
    page_id: page.id,
    incident_updates: [
      {
        id: `${window.id}-1`,
        incident_id: window.id,
        status,
        body: window.text,
        created_at: iso(window.createdAt),
        display_at: iso(window.createdAt),
        updated_at: iso(window.updatedAt),
        affected_components: window.services.map(({ id, name }) => ({ code: id, name })),
        deliver_notifications: false,
      },
    ],
    components: window.services.map(({ id, name }) => ({ id, name })),
  };
}
