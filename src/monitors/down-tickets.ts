import type { Db } from '../db/db.ts';
import type { Translate } from '../i18n/words.ts';
import type { IncidentBook } from '../incidents/incidents.ts';
import type { Clock } from '../lib/clock.ts';
import { type Lang, localText } from '../lib/lang.ts';
import type { TicketDesk } from '../tickets/contract.ts';
import type { Service } from './catalogue.ts';
import type { LiveMonitor } from './live-monitor.ts';
import { reasonText } from './reason.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly tickets: TicketDesk;
  readonly incidents: IncidentBook;
  readonly live: ReadonlyMap<string, LiveMonitor>;
  readonly services: ReadonlyMap<string, Service>;
  /** The organisation's language, and its words. */
  readonly lang: Lang;
  readonly t: Translate;
}

/** For incidents that have lasted longer than a monitor's `ticket.after`: one ticket each, ever. */
export async function openTickets(deps: Deps): Promise<number> {
  const now = deps.clock.now();
  let opened = 0;
  for (const one of deps.live.values()) {
    const rule = one.monitor.ticket;
    if (!rule || !one.state.incident || one.state.health !== 'DOWN') continue;
    const incident = deps.incidents
      .rows()
      .find(
        (row) =>
          row.resolvedAt === null && row.origin === 'monitor' && row.services.includes(one.monitor.service),
      );
    if (!incident || incident.ticket !== null || now - incident.openedAt < rule.after) continue;
    await openOne(deps, one, incident);
    opened++;
    // The incident in memory does not know it yet; its other monitors get their turn in a minute.
    await deps.incidents.refresh();
  }
  return opened;
}

async function openOne(
  { db, tickets, incidents, services, lang, t }: Deps,
  one: LiveMonitor,
  incident: { readonly id: string; readonly openedAt: number },
): Promise<void> {
  const { monitor, state } = one;
  const service = services.get(monitor.service);
  const name = localText(service?.name ?? monitor.service, lang);
  const tier = monitor.ticket?.tier ?? service?.tier;
  await db.tx(async (tx) => {
    const ticket = await tickets.open(tx, {
      key: `incident:${incident.id}`,
      summary: t('monitors.ticket.summary', { service: name, monitor: monitor.id }),
      lang,
      channel: 'monitor',
      service: monitor.service,
      impact: monitor.ticket?.impact ?? 2,
      urgency: monitor.ticket?.urgency ?? 2,
      ...(tier ? { tier } : {}),
      cause: 'monitor.down',
      evidence: {
        incident: incident.id,
        monitor: monitor.id,
        target: monitor.target,
        since: incident.openedAt,
        reason: state.reason ? reasonText(state.reason) : null,
      },
      by: 'system:monitors',
      since: incident.openedAt,
    });
    await incidents.ticketOpened(tx, incident.id, ticket.number);
  });
}
