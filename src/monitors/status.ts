import type { IncidentBook, IncidentView } from '../incidents/incidents.ts';
import type { Clock } from '../lib/clock.ts';
import { type Lang, type LocalText, localText } from '../lib/lang.ts';
import type { Catalogue, Service } from './catalogue.ts';
import { type DayBar, dayBars } from './day-bars.ts';
import { DAY_MS, dayOf } from './days.ts';
import type { LiveMonitor } from './live-monitor.ts';
import { type ServiceState, serviceState, worstOf } from './service-state.ts';
import type { ServiceDay } from './store.ts';
import { addCharged, type Charged, chargeTime, combineChanges, NO_TIME, uptimeOf } from './uptime.ts';

export interface ServiceStatus {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly group: { readonly id: string; readonly name: string };
  readonly tier: 'L1' | 'L2' | 'L3';
  readonly state: ServiceState;
  /** UTC ms; null for a service that nothing measures. */
  readonly since: number | null;
  /** A service whose failure explains that nothing is known of this one. */
  readonly because: { readonly id: string; readonly name: string } | null;
  /** Something measures it. Without that its state is what people declare. */
  readonly measured: boolean;
  /** 0 to 1 over the last day, week, 30 and 90 days; undefined where nothing is known. */
  readonly uptime: Readonly<Record<'day' | 'week' | 'month' | 'quarter', number | undefined>>;
  /** 90 days, oldest first. */
  readonly bars: readonly DayBar[];
  readonly incidents: readonly IncidentView[];
}

export interface NotWell {
  readonly services: readonly Pick<ServiceStatus, 'id' | 'name' | 'state' | 'since' | 'because'>[];
  readonly incidents: readonly IncidentView[];
  /** No service could be looked up: nothing is configured. */
  readonly empty: boolean;
}

/** A service in one word, for strips and lists in any language. */
export interface ServiceNow {
  readonly id: string;
  readonly name: LocalText;
  readonly state: 'up' | 'degraded' | 'down' | 'maintenance' | 'unknown';
  readonly since: number;
}

/** What pages and others may ask about services. From memory; never waits. */
export interface Status {
  /** Public services in the order of their groups. */
  services(lang: Lang): readonly ServiceStatus[];
  service(id: string, lang: Lang): ServiceStatus | undefined;
  overall(): ServiceState;
  now(): readonly ServiceNow[];
  /** Services in trouble and open incidents; for the strip on the home page. */
  notWell(lang: Lang): NotWell;
  /** Names for menus and forms: also of services that are not public, when `all`. */
  names(lang: Lang, all?: boolean): readonly { readonly id: string; readonly name: string }[];
  name(id: string, lang: Lang): string;
  has(id: string): boolean;
  /** Changes when anything that these reads show may have changed: for the page cache. */
  version(): string;
  /** UTC ms of the newest result that this is based on. */
  asOf(): number;
}

interface Deps {
  readonly clock: Clock;
  readonly catalogue: () => Catalogue;
  readonly live: () => ReadonlyMap<string, LiveMonitor>;
  readonly incidents: IncidentBook;
  /** Finished days by service, newest last. */
  readonly days: () => ReadonlyMap<string, readonly ServiceDay[]>;
  /** Counts every change of states and days. */
  readonly changes: () => number;
}

interface Figures {
  readonly state: ServiceState;
  readonly since: number | null;
  readonly because: string | null;
  readonly uptime: ServiceStatus['uptime'];
  readonly bars: readonly DayBar[];
}

// Uptime figures move by themselves; a page may be this much behind.
const STALE_MS = 60_000;

export function createStatus(deps: Deps): Status {
  const { clock, catalogue, live, incidents, days, changes } = deps;
  let cache = new Map<string, Figures>();
  let cachedFor = '';
  const started = clock.now();

  const version = (): string =>
    `${changes()}.${incidents.version()}.${windowsNow()}.${Math.floor(clock.now() / STALE_MS)}`;

  /** A planned window begins and ends without anybody writing anything. */
  const windowsNow = (): number => {
    const now = clock.now();
    return incidents
      .windows()
      .reduce((sum, one) => sum + (now >= one.startsAt ? 1 : 0) + (now >= one.endsAt ? 1 : 0), 0);
  };

  function figures(service: Service): Figures {
    const now = version();
    if (now !== cachedFor) {
      cache = new Map();
      cachedFor = now;
    }
    const known = cache.get(service.id);
    if (known) return known;
    const made = compute(service);
    cache.set(service.id, made);
    return made;
  }

  function compute(service: Service): Figures {
    const now = clock.now();
    const parts = service.monitors.flatMap((id) => live().get(id) ?? []);
    const state = serviceState({
      monitors: parts.map((part) => part.state),
      impacts: incidents
        .rows()
        .filter(
          (one) => one.resolvedAt === null && one.origin === 'person' && one.services.includes(service.id),
        )
        .map((one) => one.impact),
      inMaintenance: incidents
        .windows()
        .some((one) => one.startsAt <= now && now < one.endsAt && one.services.includes(service.id)),
    });
    const suppressor = parts.find((part) => part.state.suppressedBy !== null)?.state.suppressedBy;
    const cause = suppressor ? (live().get(suppressor)?.monitor.service ?? null) : null;
    const whole = combineChanges(parts.map((part) => part.changes));
    const today = dayOf(now);
    const byDay = new Map((days().get(service.id) ?? []).map((row) => [row.day, row.charged]));
    byDay.set(today, chargeTime(whole, today * DAY_MS, now));
    return {
      state,
      since: parts.length === 0 ? null : Math.max(...parts.map((part) => part.state.since)),
      because: cause === service.id ? null : cause,
      uptime: {
        day: uptimeOf(chargeTime(whole, now - DAY_MS, now)),
        week: uptimeOf(sum(byDay, today, 7)),
        month: uptimeOf(sum(byDay, today, 30)),
        quarter: uptimeOf(sum(byDay, today, 90)),
      },
      bars: dayBars(byDay, today),
    };
  }

  function groupsInOrder(): readonly string[] {
    const { groups, services } = catalogue();
    const used = [...services.values()].map((service) => service.group);
    return [...new Set([...groups.map((group) => group.id), ...used])];
  }

  function view(service: Service, lang: Lang, open: readonly IncidentView[]): ServiceStatus {
    const { because, ...rest } = figures(service);
    const group = catalogue().groups.find((one) => one.id === service.group);
    return {
      id: service.id,
      name: localText(service.name, lang),
      description: service.description ? localText(service.description, lang) : '',
      group: { id: service.group, name: group ? localText(group.name, lang) : service.group },
      tier: service.tier,
      measured: service.monitors.length > 0,
      ...rest,
      because: because === null ? null : { id: because, name: name(because, lang) },
      incidents: open.filter((one) => one.services.some(({ id }) => id === service.id)),
    };
  }

  const inOrder = (all: boolean): readonly Service[] => {
    const order = groupsInOrder();
    return [...catalogue().services.values()]
      .filter((service) => all || service.public)
      .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
  };

  const name = (id: string, lang: Lang): string => {
    const service = catalogue().services.get(id);
    return service ? localText(service.name, lang) : id;
  };

  function services(lang: Lang): readonly ServiceStatus[] {
    const open = incidents.open(lang);
    return inOrder(false).map((service) => view(service, lang, open));
  }

  return {
    services,
    service(id, lang) {
      const service = catalogue().services.get(id);
      return service?.public ? view(service, lang, incidents.open(lang)) : undefined;
    },
    overall: () => worstOf(inOrder(false).map((service) => figures(service).state)),
    now: () =>
      inOrder(false).map((service) => {
        const { state, since } = figures(service);
        return { id: service.id, name: service.name, state: inOneWord(state), since: since ?? started };
      }),
    notWell(lang) {
      const all = inOrder(false);
      const troubled = all.filter((service) => {
        const { state } = figures(service);
        return state !== 'operational' && state !== 'unknown';
      });
      const open = incidents.open(lang);
      return {
        services: troubled.map((service) => {
          const { id, name: called, state, since, because } = view(service, lang, open);
          return { id, name: called, state, since, because };
        }),
        incidents: open,
        empty: all.length === 0,
      };
    },
    names: (lang, all = false) => inOrder(all).map(({ id }) => ({ id, name: name(id, lang) })),
    name,
    has: (id) => catalogue().services.has(id),
    version,
    asOf: () => Math.max(0, ...[...live().values()].map((one) => one.last?.at ?? one.state.since)),
  };
}

const inOneWord = (state: ServiceState): ServiceNow['state'] =>
  state === 'operational' ? 'up' : state === 'partial' ? 'degraded' : state;

function sum(byDay: ReadonlyMap<number, Charged>, today: number, count: number): Charged {
  let total = NO_TIME;
  for (let day = today - count + 1; day <= today; day++) total = addCharged(total, byDay.get(day) ?? NO_TIME);
  return total;
}
