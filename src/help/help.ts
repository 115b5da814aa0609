import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { keyFor } from '../config/key-for.ts';
import type { Db, Reader, Tx } from '../db/db.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/id.ts';
import { networkOf } from '../lib/network-of.ts';
import { createSignedCookie } from '../lib/signed-cookie.ts';
import type { TrailStep } from '../lib/trail-step.ts';
import { actorOf, isAgent, requireAgent, type Who } from '../lib/who.ts';
import { replyAsRequester } from '../tickets/actions.ts';
import type { NewTicket } from '../tickets/contract.ts';
import type { RequestCookie } from '../tickets/request-cookie.ts';
import { activeTicketsOf, ticketsOf } from '../tickets/store.ts';
import { parseTicketNumber, ticketNumber } from '../tickets/ticket-number.ts';
import type { Tickets } from '../tickets/tickets.ts';
import { type Decision, decide, isOverLimit } from './gate.ts';
import { type Gathered, gather, type SelfService } from './gather.ts';
import type { HelpAnswer, HelpResult, NewHelpRequest, Suggestions } from './schema.ts';
import { coverage } from './search-match.ts';
import {
  deferredRequests,
  forgottenRequests,
  type HelpRequest,
  lockRequest,
  readRequest,
  requestsSince,
  settle,
  storeOnce,
  undoSolved,
} from './store.ts';

export interface HelpDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly config: Pick<Config, 'org' | 'secret' | 'baseUrl'>;
  readonly tickets: Tickets;
  readonly requestCookie: RequestCookie;
  readonly selfService: SelfService;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
  /** "Me too": counts a contact once, however often it is called. */
  readonly joinIncident?: (incidentId: string, contact: string) => Promise<unknown>;
  /** For the metrics: every decision with its rule. */
  readonly onDecision?: (outcome: string, rule: string) => void;
}

/** Who asks, with what their browser carries. */
export interface HelpVisitor {
  readonly who: Who;
  readonly ip: string;
  readonly cookies: string | null | undefined;
  readonly trail: readonly TrailStep[];
}

export interface HelpReply {
  readonly result: HelpResult;
  readonly setCookies: readonly string[];
}

export type HelpFormOutcome =
  | (HelpReply & { readonly ok: true })
  | { readonly ok: false; readonly status: number; readonly code: string };

const DAY_MS = 86_400_000;
const DUPLICATE_MS = 72 * 3_600_000;
const UNDONE_MS = 7 * DAY_MS;
const FORGOTTEN_MS = 60_000;
/** Behind one network address are many people. */
const PEOPLE_PER_NETWORK = 20;
const MOST_OWN_REQUESTS = 5;
/** Without a service it is about the same when this share of the words is shared. */
const SIMILAR = 0.5;
const NOTHING_FOUND: Gathered = { found: { articles: [], fixes: [], incidents: [] }, troubles: [] };
const NOTHING: Suggestions = { articles: [], fixes: [], incidents: [], tickets: [] };

export type Help = ReturnType<typeof createHelp>;

/** Help requests: stored first, then decided by the gate; every change is one transaction with its ticket. */
export function createHelp(deps: HelpDeps) {
  const { db, clock, config, tickets, requestCookie, audit } = deps;
  const ownCookie = createSignedCookie({
    name: 'firstline.help',
    key: keyFor(config.secret, 'help-cookie'),
    baseUrl: config.baseUrl,
  });
  const ownIds = (cookies: HelpVisitor['cookies']): readonly string[] =>
    (ownCookie.read(cookies) ?? '').split('.').filter(Boolean);

  async function submit(
    visitor: HelpVisitor,
    request: NewHelpRequest,
    key: string | undefined,
  ): Promise<HelpReply> {
    const requester = requesterOf(visitor, request);
    const fingerprint = fingerprintOf(request);
    const given: HelpRequest = {
      id: newId(),
      fingerprint,
      requester,
      ...(visitor.who.kind === 'person' ? { login: visitor.who.login } : {}),
      byAgent: isAgent(visitor.who),
      request,
      trail: request.shareTrail ? visitor.trail : [],
      answers: [],
      createdAt: clock.now(),
    };
    // The key is the client's own; with the requester before it nobody gets another one's answer.
    const stored = await db.tx((tx) => storeOnce(tx, `${requester} ${key ?? given.id}`.slice(0, 400), given));
    if (stored.fingerprint !== fingerprint) throw new AppError('help.key-reused', { status: 409 });
    const result = stored.result ?? (await decideFirst(stored, visitor));
    return { result, setCookies: cookiesFor(visitor, stored.id, result) };
  }

  async function decideFirst(
    stored: HelpRequest,
    visitor: Pick<HelpVisitor, 'who' | 'cookies'>,
  ): Promise<HelpResult> {
    // A flood must not make the search work: what will wait for a person anyway is not looked up.
    const gathered = (await isWaiting(stored)) ? NOTHING_FOUND : await ask(stored, visitor.who);
    return await db.tx(async (tx) => {
      const locked = await lockRequest(tx, stored.id);
      if (!locked) throw new AppError('help.not-found', { status: 404 });
      if (locked.result) return locked.result;
      const { now, since } = { now: clock.now(), since: clock.now() - UNDONE_MS };
      if (!locked.requester.startsWith('net:')) await undoSolved(tx, locked, { since, now });
      const duplicates = await ownTickets(tx, locked, visitor);
      const found = { ...gathered.found, tickets: duplicates };
      return await carryOut(tx, { ...locked, found: { found, troubles: gathered.troubles } }, visitor.who);
    });
  }

  async function isWaiting(stored: HelpRequest): Promise<boolean> {
    if (stored.byAgent || stored.request.emergency !== false) return false;
    return isOverLimit({ load: await loadOf(db.kysely, stored), limits: limitsOf(stored) });
  }

  /** An emergency does not wait for what self-service thinks of it. */
  async function ask({ request }: HelpRequest, who: Who): Promise<Gathered> {
    if (request.emergency !== false) return NOTHING_FOUND;
    const asked = {
      lang: request.lang,
      text: request.summary,
      service: request.service || undefined,
      who,
    };
    return await gather(deps.selfService, asked, deps.log);
  }

  /** Rule 3: the person's own tickets about this. An address that was merely typed shows nobody anything. */
  async function ownTickets(
    tx: Tx,
    { request, byAgent: givenByAgent }: HelpRequest,
    { who, cookies }: Pick<HelpVisitor, 'who' | 'cookies'>,
  ): Promise<Suggestions['tickets']> {
    if (givenByAgent) return [];
    const numbers = requestCookie.read(cookies);
    const rows = await ticketsOf(tx, {
      ...(who.kind === 'person' ? { login: who.login } : {}),
      numbers,
    });
    const since = clock.now() - DUPLICATE_MS;
    return rows
      .filter((row) => row.ended_at === null || row.ended_at > since)
      .filter((row) =>
        request.service
          ? row.service === request.service
          : coverage(request.summary, [row.summary], request.lang) >= SIMILAR,
      )
      .slice(0, 2)
      .map((row) => ({
        number: ticketNumber(row.number),
        url: `/${request.lang}/requests/${ticketNumber(row.number)}`,
        summary: row.summary,
        state: row.state,
      }));
  }

  async function carryOut(tx: Tx, given: HelpRequest, who: Who): Promise<HelpResult> {
    const found = given.found ?? { found: NOTHING, troubles: [] };
    const decision = decide({
      request: given.request,
      byAgent: given.byAgent,
      createdAt: given.createdAt,
      now: clock.now(),
      trail: given.trail,
      answers: given.answers,
      found: found.found,
      troubles: found.troubles,
      wereShown: given.result?.outcome === 'suggest' || given.result?.outcome === 'solved',
      load: await loadOf(tx, given),
      limits: limitsOf(given),
    });
    const ticket = await consequence(tx, given, { decision, who });
    const result: HelpResult = {
      id: given.id,
      outcome: decision.outcome,
      rule: decision.rule,
      suggestions: decision.outcome === 'suggest' ? decision.suggestions : NOTHING,
      ticket,
      fixPending: decision.outcome === 'suggest' ? decision.fixPending : undefined,
    };
    await settle(tx, { id: given.id, answers: given.answers, found, result, now: clock.now() });
    deps.onDecision?.(decision.outcome, decision.rule);
    return result;
  }

  async function consequence(
    tx: Tx,
    given: HelpRequest,
    { decision, who }: { readonly decision: Decision; readonly who: Who },
  ): Promise<HelpResult['ticket']> {
    if (decision.outcome === 'joined') return await join(tx, given, { target: decision.target, who });
    if (decision.outcome !== 'open') return undefined;
    const opened = await tickets.open(tx, ticketFor(given, decision, who));
    const number = parseTicketNumber(opened.number);
    if (number !== undefined && decision.related.length > 0) {
      const facts = decision.related.map((id) => ({ kind: 'linked', to: 'incident', id }) as const);
      const key = `related:${given.id}`;
      await tickets.act(tx, { number, by: 'system:help', verb: 'link', key, decide: () => facts });
    }
    return { number: opened.number, url: `/${given.request.lang}/requests/${opened.number}` };
  }

  async function join(
    tx: Tx,
    { id, request, found }: HelpRequest,
    { target, who }: { readonly target: string; readonly who: Who },
  ): Promise<HelpResult['ticket']> {
    const own = found?.found.tickets.find(({ number }) => number === target);
    if (own) {
      const text = [request.summary, request.description].filter(Boolean).join('\n\n');
      await tickets.act(tx, {
        number: parseTicketNumber(own.number) ?? 0,
        by: who.kind === 'person' ? who.login : 'requester',
        verb: 'reply',
        key: `help:${id}`,
        decide: (ticket) =>
          replyAsRequester(ticket, who.kind === 'person' ? who.name : (request.contact?.name ?? ''), text),
      });
      return { number: own.number, url: own.url };
    }
    return undefined;
  }

  async function loadOf(tx: Reader, given: HelpRequest) {
    const since = clock.now() - DAY_MS;
    const [kind, ...rest] = given.requester.split(':');
    const id = rest.join(':');
    const openTickets =
      kind === 'net' ? 0 : await activeTicketsOf(tx, kind === 'login' ? { login: id } : { email: id });
    const requestsToday = await requestsSince(tx, given.requester, { since, except: given.id });
    return { openTickets, requestsToday };
  }

  function limitsOf({ requester }: HelpRequest) {
    const { openTicketsPerRequester, requestsPerDay, contactAfter } = config.org.gate;
    const people = requester.startsWith('net:') ? PEOPLE_PER_NETWORK : 1;
    return {
      openTickets: openTicketsPerRequester,
      requestsPerDay: requestsPerDay * people,
      contactAfter,
    };
  }

  async function answer(visitor: HelpVisitor, id: string, given: HelpAnswer): Promise<HelpReply> {
    const result = await db.tx(async (tx) => {
      const locked = await lockRequest(tx, id);
      if (!locked || !mayAnswer(locked, visitor.who)) throw new AppError('help.not-found', { status: 404 });
      const { result: before } = locked;
      // Whatever was asked is decided already: a repeated click gets the same answer.
      if (!before || (before.outcome !== 'suggest' && before.outcome !== 'solved')) {
        if (before) return before;
        throw new AppError('help.not-ready', { status: 409 });
      }
      if (before.outcome === 'solved' && given.answer === 'solved') return before;
      const checked = checkedAnswer(locked, given);
      const trail = locked.request.shareTrail ? newer(locked.trail, visitor.trail) : locked.trail;
      return await carryOut(tx, { ...locked, trail, answers: [...locked.answers, checked] }, visitor.who);
    });
    if (result.outcome === 'joined' && result.rule === 'known-incident') await joinIncident(id);
    const isOwn = visitor.who.kind === 'person' || ownIds(visitor.cookies).includes(id);
    return { result, setCookies: isOwn ? cookiesFor(visitor, id, result) : [] };
  }

  /** After the commit: the other feature has its own transaction, and counts one contact once. */
  async function joinIncident(id: string): Promise<void> {
    const stored = await readRequest(db.kysely, id);
    const target = stored?.answers.findLast((given) => given.answer === 'joined')?.target;
    if (!stored || target === undefined) return;
    // Behind one network address are many people: there every request counts for itself.
    const contact = stored.requester.startsWith('net:')
      ? `help:${id}`
      : stored.requester.replace(/^login:/, 'person:');
    try {
      await deps.joinIncident?.(target, contact);
    } catch (error) {
      // Over meanwhile: that is what the person wanted to hear, and the page says so.
      deps.log.warn({ err: error, incident: target }, 'help: joining an incident failed');
    }
  }

  /** The browser may come back to its request, and see the ticket that came out of it. */
  function cookiesFor({ cookies }: HelpVisitor, id: string, result: HelpResult): readonly string[] {
    const ids = [...new Set([id, ...ownIds(cookies)])].slice(0, MOST_OWN_REQUESTS);
    const number = result.ticket && parseTicketNumber(result.ticket.number);
    return [ownCookie.line(ids.join('.')), ...(number ? [requestCookie.adding(cookies, number)] : [])];
  }

  function requesterOf({ who, ip }: HelpVisitor, request: NewHelpRequest): string {
    const email = emailOf(request);
    // An agent with somebody's address writes down what that person told.
    if (who.kind === 'person' && !(email && isAgent(who))) return `login:${who.login}`;
    if (email) return `mail:${email}`;
    const network = createHash('sha256')
      .update(keyFor(config.secret, 'help-network'))
      .update(networkOf(ip))
      .digest('base64url');
    return `net:${network.slice(0, 22)}`;
  }

  /** Opens the ticket of a deferred request, by a person who looked at it. */
  async function accept(who: Who, id: string): Promise<HelpResult> {
    const agent = requireAgent(who);
    return await db.tx(async (tx) => {
      const locked = await lockRequest(tx, id);
      if (!locked) throw new AppError('help.not-found', { status: 404 });
      if (locked.result?.outcome !== 'deferred') {
        if (locked.result) return locked.result;
        throw new AppError('help.not-ready', { status: 409 });
      }
      const result = await carryOut(tx, { ...locked, byAgent: true }, agent);
      await audit(tx, { actor: agent.login, action: 'help.accept', subject: id });
      return result;
    });
  }

  return {
    submit,
    answer,
    accept,
    /** A form that is changed after going back still carries its key: with other words it is another request. */
    submitForm: (visitor: HelpVisitor, request: NewHelpRequest, formKey: string | undefined) =>
      outcomeOf(() => submit(visitor, request, formKey && `${formKey}:${fingerprintOf(request)}`)),
    answerForm: (visitor: HelpVisitor, id: string, given: HelpAnswer) =>
      outcomeOf(() => answer(visitor, id, given)),
    acceptForm: (who: Who, id: string) =>
      outcomeOf(async () => ({ result: await accept(who, id), setCookies: [] })),
    /** What became of a request, for the browser or the person that sent it. */
    async result(visitor: Pick<HelpVisitor, 'who' | 'cookies'>, id: string): Promise<HelpResult | undefined> {
      const request = await readRequest(db.kysely, id);
      const isOwn =
        request?.login !== undefined
          ? visitor.who.kind === 'person' && visitor.who.login === request.login
          : ownIds(visitor.cookies).includes(id);
      return isOwn ? request?.result : undefined;
    },
    async deferred(who: Who) {
      requireAgent(who);
      const waiting = await deferredRequests(db.kysely, 100);
      return waiting.map(({ id, request, createdAt }) => ({
        id,
        summary: request.summary,
        description: request.description,
        lang: request.lang,
        service: request.service,
        createdAt,
        /** A person looks within a quarter of an hour. */
        lookBy: createdAt + 15 * 60_000,
      }));
    },
    /** Requests that were stored just before a crash are decided now. */
    async beat(): Promise<void> {
      for (const id of await forgottenRequests(db.kysely, clock.now() - FORGOTTEN_MS)) {
        const stored = await readRequest(db.kysely, id);
        // Nobody is in front of the screen any more, so nothing is suggested: it becomes a ticket.
        if (stored) await db.tx((tx) => decideForgotten(tx, stored.id));
      }
    },
  };

  async function decideForgotten(tx: Tx, id: string): Promise<void> {
    const locked = await lockRequest(tx, id);
    if (!locked || locked.result) return;
    const found = { found: NOTHING, troubles: ['restart'] };
    await carryOut(tx, { ...locked, found }, { kind: 'system', name: 'help' });
  }
}

const fingerprintOf = (request: NewHelpRequest): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url');

/** For pages: what a person should read about is a value; what is broken goes on throwing. */
async function outcomeOf(work: () => Promise<HelpReply>): Promise<HelpFormOutcome> {
  try {
    return { ok: true, ...(await work()) };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, status: error.status, code: error.code };
    throw error;
  }
}

const emailOf = (request: NewHelpRequest): string | undefined => request.contact?.email?.toLowerCase();

const mayAnswer = ({ login }: HelpRequest, who: Who): boolean =>
  login === undefined || (who.kind === 'person' && who.login === login);

const newer = (stored: readonly TrailStep[], now: readonly TrailStep[]): readonly TrailStep[] =>
  now.length > 0 ? now : stored;

/** What is answered must have been offered; without a name it is the first thing that was. */
function checkedAnswer({ result }: HelpRequest, given: HelpAnswer): HelpAnswer {
  const { incidents = [], tickets = [], fixes = [] } = result?.suggestions ?? {};
  if (given.answer === 'joined') {
    const offered = [...incidents.map(({ id }) => id), ...tickets.map(({ number }) => number)];
    const target = given.target ?? offered[0];
    if (target === undefined || !offered.includes(target)) {
      throw new AppError('help.not-offered', { status: 422 });
    }
    return { ...given, target };
  }
  if (given.answer === 'declined') {
    const target = given.target ?? fixes[0]?.id;
    if ((given.reason ?? '').length < 2) throw new AppError('help.reason-missing', { status: 422 });
    return { ...given, target };
  }
  return given;
}

function ticketFor(
  given: HelpRequest,
  decision: Extract<Decision, { outcome: 'open' }>,
  who: Who,
): NewTicket {
  const { request, found, answers } = given;
  return {
    key: `help:${given.id}`,
    summary: request.summary,
    ...(request.description ? { description: request.description } : {}),
    lang: request.lang,
    channel: request.channel,
    ...(request.service ? { service: request.service } : {}),
    ...requesterPart(given, who),
    impact: decision.impact,
    urgency: decision.urgency,
    trail: given.trail,
    evidence: {
      helpRequest: given.id,
      rule: decision.rule,
      emergency: request.emergency,
      priority: { impact: decision.impact, urgency: decision.urgency },
      answers,
      shown: {
        articles: found?.found.articles.slice(0, 5).map(({ id, title }) => ({ id, title })) ?? [],
        fixes: found?.found.fixes.map(({ id }) => id) ?? [],
        incidents: found?.found.incidents.map(({ id }) => id) ?? [],
      },
      troubles: found?.troubles ?? [],
      ...(request.contact?.phone ? { phone: request.contact.phone } : {}),
    },
    by: actorOf(who),
    since: given.createdAt,
  };
}

/** An agent who writes down a call is not the requester. */
function requesterPart({ request, login, byAgent }: HelpRequest, who: Who): Pick<NewTicket, 'requester'> {
  const { contact } = request;
  const isForAnother = byAgent && (contact?.email ?? contact?.name ?? contact?.phone) !== undefined;
  if (!isForAnother && login !== undefined && who.kind === 'person' && who.login === login) {
    return { requester: { login, name: who.name, email: who.email } };
  }
  const email = emailOf(request);
  const requester = {
    ...(login !== undefined && !isForAnother ? { login } : {}),
    ...(contact?.name ? { name: contact.name } : {}),
    ...(email ? { email } : {}),
  };
  return Object.keys(requester).length > 0 ? { requester } : {};
}
