import type { Db, Tx } from '../db/db.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { actorOf, isAgent, type Person, requireAgent, type Who } from '../lib/who.ts';
import {
  type Case,
  claim,
  close,
  escalate,
  note,
  prioritise,
  release,
  reopen,
  replyAsAgent,
  resolve,
} from './actions.ts';
import type { Claim, Escalation, Prioritising, Reply, Resolution, TicketQuery } from './commands.ts';
import type { Fact } from './schema.ts';
import { countQueues, listTickets } from './store.ts';
import { parseTicketNumber, ticketNumber } from './ticket-number.ts';
import type { Tickets } from './tickets.ts';
import { lineOf, type TicketLine, type TicketView, viewOf } from './view.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly tickets: Tickets;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
  /** Whether there is an article of this id; without it any id is believed. */
  readonly isArticle?: ((id: string) => boolean) | undefined;
}

export type Desk = ReturnType<typeof createDesk>;

/** What agents do. Everything here asks for an agent first: 401 for strangers, 403 for the rest. */
export function createDesk({ db, clock, tickets, audit, isArticle }: Deps) {
  const numberOf = (text: string): number => {
    const number = parseTicketNumber(text);
    if (number === undefined) throw new AppError('tickets.not-found', { status: 404 });
    return number;
  };

  async function acting(
    who: Who,
    text: string,
    action: {
      readonly verb: string;
      readonly key?: string | undefined;
      decide(given: Case, agent: Person): readonly Fact[];
    },
  ): Promise<TicketView> {
    const agent = requireAgent(who);
    const number = numberOf(text);
    const after = await db.tx((tx) =>
      tickets.act(tx, {
        number,
        by: agent.login,
        verb: action.verb,
        key: action.key && `${agent.login}:${action.key}`,
        decide: (given) => action.decide(given, agent),
      }),
    );
    return viewOf(after, tickets.policy, clock.now());
  }

  return {
    /** Throws unless an agent asks. For other people signed in, the ticket they name does not exist. */
    async admit(who: Who, number: string | undefined): Promise<void> {
      if (isAgent(who) || who.kind === 'anonymous' || number === undefined) return void requireAgent(who);
      const known = parseTicketNumber(number);
      if (known !== undefined && (await tickets.read(known))) {
        const subject = ticketNumber(known);
        await db.tx((tx) => audit(tx, { actor: actorOf(who), action: 'tickets.refused', subject }));
      }
      throw new AppError('tickets.not-found', { status: 404 });
    },
    async list(
      who: Who,
      query: TicketQuery,
    ): Promise<{ readonly tickets: readonly TicketLine[]; readonly total: number }> {
      const agent = requireAgent(who);
      const assignee = query.assignee === 'me' ? agent.login : query.assignee;
      const { rows, total } = await listTickets(db.kysely, { ...query, assignee });
      return { tickets: rows.map(lineOf), total };
    },
    async queues(who: Who) {
      requireAgent(who);
      return await countQueues(db.kysely);
    },
    async get(who: Who, text: string): Promise<TicketView> {
      requireAgent(who);
      const loaded = await tickets.read(numberOf(text));
      if (!loaded) throw new AppError('tickets.not-found', { status: 404 });
      return viewOf(loaded, tickets.policy, clock.now());
    },
    /** For pages: undefined where there is no such ticket. */
    async find(who: Who, text: string): Promise<TicketView | undefined> {
      requireAgent(who);
      const number = parseTicketNumber(text);
      const loaded = number === undefined ? undefined : await tickets.read(number);
      return loaded && viewOf(loaded, tickets.policy, clock.now());
    },
    claim: (who: Who, number: string, command: Claim) =>
      acting(who, number, { verb: 'claim', decide: (given, agent) => claim(given, agent, command) }),
    release: (who: Who, number: string) => acting(who, number, { verb: 'release', decide: release }),
    reply: (who: Who, number: string, command: Reply, key?: string) =>
      acting(who, number, {
        verb: 'reply',
        key,
        decide: (given, agent) => replyAsAgent(given, agent, command),
      }),
    note: (who: Who, number: string, text: string, key?: string) =>
      acting(who, number, { verb: 'note', key, decide: (_given, agent) => note(agent, text) }),
    prioritise: (who: Who, number: string, command: Prioritising) =>
      acting(who, number, { verb: 'prioritise', decide: (given) => prioritise(given, command) }),
    escalate: (who: Who, number: string, command: Escalation, key?: string) =>
      acting(who, number, { verb: 'escalate', key, decide: (given) => escalate(given, command) }),
    async resolve(who: Who, number: string, command: Resolution, key?: string) {
      requireAgent(who);
      if (command.article && isArticle && !isArticle(command.article)) {
        throw new AppError('tickets.no-such-article', { status: 422, params: { article: command.article } });
      }
      return await acting(who, number, {
        verb: 'resolve',
        key,
        decide: (given, agent) => resolve(given, agent, command),
      });
    },
    close: (who: Who, number: string) =>
      acting(who, number, { verb: 'close', decide: (given) => close(given, 'agent') }),
    reopen: (who: Who, number: string, text: string, key?: string) =>
      acting(who, number, {
        verb: 'reopen',
        key,
        decide: (given, agent) => reopen(given, { from: 'agent', name: agent.name }, text),
      }),
  };
}
