import type { Config } from '../config/config.ts';
import type { Db, Tx } from '../db/db.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import type { Lang } from '../lib/lang.ts';
import type { Tier } from '../lib/who.ts';
import type { Notify } from '../notify/contract.ts';
import { type Case, caseOf, closeByTime } from './actions.ts';
import { alarmsOf, clocksOf } from './clocks.ts';
import type { NewTicket, OpenedTicket, TicketDesk } from './contract.ts';
import { alarmMail, openedMail, type RequesterMail, repliedMail, solvedMail } from './mails.ts';
import { policyOf } from './policy.ts';
import { createRequestKeys } from './request-key.ts';
import type { Fact, TicketEvent } from './schema.ts';
import {
  appendEvents,
  dueNumbers,
  fireAlarm,
  hasEventKey,
  insertTicket,
  type LoadedTicket,
  lockTicket,
  openedFor,
  readTicket,
  returnNumber,
  rowByKey,
  takeNumber,
} from './store.ts';
import { ticketNumber } from './ticket-number.ts';

export interface TicketDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'baseUrl' | 'secret' | 'org'>;
  readonly notify: Notify;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
  /** The people who work on a tier, for warnings. Without it warnings stand in the ticket only. */
  readonly agentsOf?: (tier: Tier | 'manager') => Promise<readonly AgentAddress[]>;
}

export interface AgentAddress {
  readonly login: string;
  readonly email: string;
  readonly lang: Lang;
}

/** A level that fires more than this after it was reached says that it is late. */
const LATE_MS = 2 * 60_000;
const MAILS_PER_HOUR = 3;

export interface Action {
  readonly number: number;
  readonly by: string;
  /** As `tickets.<verb>` in the audit trail. */
  readonly verb: string;
  /** The same key twice is one action. */
  readonly key?: string | undefined;
  decide(given: Case): readonly Fact[];
}

export type Tickets = ReturnType<typeof createTickets>;

/** Opens tickets and changes them; every change is decided on the locked ticket and written with its consequences. */
export function createTickets(deps: TicketDeps) {
  const { db, clock, config, notify, audit } = deps;
  const policy = policyOf(config.org);
  const keys = createRequestKeys(config.secret);

  const requesterMail = ({ number, ticket }: LoadedTicket): RequesterMail | undefined => {
    const { requester, lang } = ticket.opened;
    if (!requester?.email) return undefined;
    const key = keys.make(number, clock.now());
    return {
      to: requester.email,
      lang,
      url: `${config.baseUrl}/${lang}/requests/${ticketNumber(number)}?key=${key}`,
    };
  };

  const open: TicketDesk['open'] = async (tx, given) => {
    const known = await rowByKey(tx, given.key);
    if (known) return opened(known);
    const number = await takeNumber(tx);
    // Whoever opened it with the same key while we waited for the counter has committed by now.
    const meanwhile = await rowByKey(tx, given.key);
    if (meanwhile) {
      await returnNumber(tx);
      return opened(meanwhile);
    }
    const loaded = await insertTicket(tx, {
      number,
      key: given.key,
      event: openingEvent(given, clock.now()),
      policy,
    });
    await audit(tx, {
      actor: given.by,
      action: 'tickets.open',
      subject: ticketNumber(number),
      details: { priority: loaded.ticket.priority, tier: loaded.ticket.tier, channel: given.channel },
    });
    await confirmByMail(tx, loaded);
    return opened(loaded);
  };

  async function confirmByMail(tx: Tx, loaded: LoadedTicket): Promise<void> {
    const mail = requesterMail(loaded);
    if (!mail) return;
    const isKnown = loaded.ticket.opened.requester?.login !== undefined;
    // An address that was only typed may be somebody else's: it gets a few mails an hour, then silence.
    const recent = isKnown ? 0 : await openedFor(tx, mail.to, clock.now() - 3_600_000);
    if (recent <= MAILS_PER_HOUR) await notify.send(tx, openedMail(loaded, mail));
  }

  /** One decision on one ticket. Throws `tickets.not-found` and whatever the decision throws. */
  async function act(tx: Tx, action: Action): Promise<LoadedTicket> {
    const before = await lockTicket(tx, action.number);
    if (!before) throw new AppError('tickets.not-found', { status: 404 });
    if (action.key && (await hasEventKey(tx, before.id, action.key))) return before;
    const now = clock.now();
    const facts = action.decide(caseOf(before.events, now));
    const { by, key } = action;
    const after = await appendEvents(tx, before, { by, at: now, facts, key, policy });
    if (facts.length > 0) {
      const subject = ticketNumber(action.number);
      await audit(tx, { actor: by, action: `tickets.${action.verb}`, subject });
      await tellRequester(tx, after, before.ticket.version);
    }
    return after;
  }

  async function tellRequester(tx: Tx, after: LoadedTicket, seen: number): Promise<void> {
    const mail = requesterMail(after);
    if (!mail) return;
    for (const event of after.events.filter(({ seq }) => seq > seen)) {
      if (event.kind === 'replied' && event.from === 'agent')
        await notify.send(tx, repliedMail(after, mail, event));
      if (event.kind === 'solved') await notify.send(tx, solvedMail(after, mail, event));
    }
  }

  async function fireDue(number: number, agents: AgentLists): Promise<void> {
    await db.tx(async (tx) => {
      const loaded = await lockTicket(tx, number);
      if (!loaded) return;
      const now = clock.now();
      const due = alarmsOf(clocksOf(loaded.events, policy), policy.calendar).filter(
        (alarm) => alarm.reachedAt <= now,
      );
      const facts: Fact[] = [];
      for (const alarm of due) {
        if (!(await fireAlarm(tx, loaded.id, alarm, now))) continue;
        facts.push({ kind: 'alarmed', ...alarm, late: now - alarm.reachedAt > LATE_MS });
        for (const agent of receivers(loaded, alarm.level, agents)) {
          const url = `${config.baseUrl}/desk/${ticketNumber(number)}`;
          await notify.send(tx, alarmMail(loaded, agent, { ...alarm, url }));
        }
        const details = { clock: alarm.clock, level: alarm.level };
        await audit(tx, {
          actor: 'system:tickets',
          action: 'tickets.alarm',
          subject: ticketNumber(number),
          details,
        });
      }
      // Also without a fact: the row's next alarm is computed anew, so that the beat does not come back to it.
      await appendEvents(tx, loaded, { by: 'system:tickets', at: now, facts, policy, touch: true });
    });
  }

  async function agentLists(): Promise<AgentLists> {
    const lists = await Promise.all(
      (['L1', 'L2', 'L3', 'manager'] as const).map(
        async (tier) => [tier, (await deps.agentsOf?.(tier)) ?? []] as const,
      ),
    );
    return new Map(lists);
  }

  return {
    open,
    act,
    policy,
    keys,
    /** Fires what fell due and closes what was solved for long enough; any number of processes may run it. */
    async beat(): Promise<void> {
      const now = clock.now();
      const alarming = await dueNumbers(db.kysely, 'alarm_at', now);
      if (alarming.length > 0) {
        const agents = await agentLists();
        for (const number of alarming) await fireDue(number, agents);
      }
      for (const number of await dueNumbers(db.kysely, 'close_at', now)) {
        await db.tx((tx) =>
          act(tx, {
            number,
            by: 'system:tickets',
            verb: 'close',
            decide: closeByTime,
          }),
        );
      }
    },
    read: (number: number): Promise<LoadedTicket | undefined> => readTicket(db.kysely, number),
  };
}

type AgentLists = ReadonlyMap<Tier | 'manager', readonly AgentAddress[]>;

/** A warning goes to whoever holds the ticket, else to the tier; the last level goes to the manager too. */
function receivers({ ticket }: LoadedTicket, level: number, agents: AgentLists): readonly AgentAddress[] {
  const tier = agents.get(ticket.tier) ?? [];
  const holder = [...agents.values()].flat().find(({ login }) => login === ticket.assignee?.login);
  const near = holder ? [holder] : tier;
  const all = level === 150 ? [...near, ...(agents.get('manager') ?? [])] : near;
  return [...new Map(all.map((agent) => [agent.login, agent])).values()];
}

const opened = (row: { readonly id: string; readonly number: number }): OpenedTicket => ({
  id: row.id,
  number: ticketNumber(row.number),
});

function openingEvent(given: NewTicket, now: number): TicketEvent {
  return {
    kind: 'opened',
    seq: 1,
    at: now,
    by: given.by,
    summary: given.summary,
    description: given.description,
    lang: given.lang,
    channel: given.channel,
    service: given.service,
    requester: given.requester,
    impact: given.impact,
    urgency: given.urgency,
    tier: given.tier ?? 'L1',
    cause: given.cause,
    trail: [...(given.trail ?? [])],
    evidence: { ...given.evidence },
    since: Math.min(given.since ?? now, now),
  };
}
