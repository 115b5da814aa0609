import type { TrailStep } from '../lib/trail-step.ts';
import type { Level } from '../tickets/contract.ts';
import { moreUrgent } from '../tickets/priority.ts';
import type { HelpAnswer, NewHelpRequest, Suggestions } from './schema.ts';

/** Everything the gate looks at. It asks nobody: the same input is the same decision. */
export interface GateInput {
  readonly request: Pick<
    NewHelpRequest,
    'channel' | 'emergency' | 'assistance' | 'noScript' | 'impact' | 'urgency'
  >;
  readonly byAgent: boolean;
  readonly createdAt: number;
  readonly now: number;
  readonly trail: readonly TrailStep[];
  readonly answers: readonly HelpAnswer[];
  /** Everything that fits; the gate shows at most two of it. */
  readonly found: Suggestions;
  /** Parts of self-service that did not answer, or not in time. */
  readonly troubles: readonly string[];
  /** Suggestions were on the screen before these answers. */
  readonly wereShown: boolean;
  readonly load: { readonly openTickets: number; readonly requestsToday: number };
  readonly limits: {
    readonly openTickets: number;
    readonly requestsPerDay: number;
    readonly contactAfter: number;
  };
}

export type Decision =
  | { readonly outcome: 'solved'; readonly rule: 'answered' }
  | { readonly outcome: 'joined'; readonly rule: 'known-incident' | 'duplicate'; readonly target: string }
  | { readonly outcome: 'deferred'; readonly rule: 'limits' }
  | {
      readonly outcome: 'suggest';
      readonly rule: 'known-incident' | 'duplicate' | 'trail';
      readonly suggestions: Suggestions;
      readonly fixPending?: string;
    }
  | {
      readonly outcome: 'open';
      readonly rule: OpenRule;
      readonly impact: Level;
      readonly urgency: Level;
      /** Incidents that were shown and are not the person's, as they say. */
      readonly related: readonly string[];
    };

/** Why a ticket opens; words: `help.rule.<rule>`. */
type OpenRule =
  | 'emergency'
  | 'channel'
  | 'agent'
  | 'assistance'
  | 'self-service-down'
  | 'asked-twice'
  | 'waited'
  | 'no-script'
  | 'nothing-found'
  | 'trail-complete';

const MOST_SUGGESTIONS = 2;
const NOTHING: Suggestions = { articles: [], fixes: [], incidents: [], tickets: [] };

/** The gate: a ticket only when self-service failed, and nobody trapped. The rules in the order in which they win. */
export function decide(input: GateInput): Decision {
  const last = input.answers.at(-1);
  if (last?.answer === 'solved') return { outcome: 'solved', rule: 'answered' };
  if (last?.answer === 'joined' && last.target !== undefined) return joined(input, last.target);
  if (input.request.emergency !== false) return open(input, 'emergency');
  if (!input.byAgent && isOverLimit(input)) return { outcome: 'deferred', rule: 'limits' };
  const straight = straightThrough(input);
  if (straight) return open(input, straight);
  return knownIncident(input) ?? ownDuplicate(input) ?? triedEnough(input);
}

const joined = ({ found }: GateInput, target: string): Decision => {
  const isTicket = found.tickets.some(({ number }) => number === target);
  return { outcome: 'joined', rule: isTicket ? 'duplicate' : 'known-incident', target };
};

export const isOverLimit = ({ load, limits }: Pick<GateInput, 'load' | 'limits'>): boolean =>
  load.openTickets >= limits.openTickets || load.requestsToday >= limits.requestsPerDay;

/** Rule 1: cases in which nobody is asked to try anything first. */
function straightThrough(input: GateInput): OpenRule | undefined {
  const { request, answers, now, createdAt, limits } = input;
  if (input.byAgent) return 'agent';
  if (request.channel === 'phone' || request.channel === 'onsite' || request.channel === 'monitor') {
    return 'channel';
  }
  if (request.assistance) return 'assistance';
  if (input.troubles.length > 0) return 'self-service-down';
  if (presses(answers) >= 2) return 'asked-twice';
  if (answers.length > 0 && now - createdAt >= limits.contactAfter) return 'waited';
  if (request.noScript) return 'no-script';
  return undefined;
}

const presses = (answers: readonly HelpAnswer[]): number =>
  answers.filter(({ answer }) => answer === 'still-stuck').length;

const isDenied = (answers: readonly HelpAnswer[], id: string): boolean =>
  answers.some(
    ({ answer, target }) =>
      answer === 'still-stuck' || (answer === 'different' && (target === undefined || target === id)),
  );

/** Rule 2: it is known already; joining is offered, "mine is different" goes on. */
function knownIncident({ found, answers }: GateInput): Decision | undefined {
  const incidents = found.incidents.filter(({ id }) => !isDenied(answers, id));
  if (incidents.length === 0) return undefined;
  const suggestions = { ...NOTHING, incidents: incidents.slice(0, MOST_SUGGESTIONS) };
  return { outcome: 'suggest', rule: 'known-incident', suggestions };
}

/** Rule 3: the person has told us before. */
function ownDuplicate({ found, answers }: GateInput): Decision | undefined {
  const tickets = found.tickets.filter(({ number }) => !isDenied(answers, number));
  if (tickets.length === 0) return undefined;
  const suggestions = { ...NOTHING, tickets: tickets.slice(0, MOST_SUGGESTIONS) };
  return { outcome: 'suggest', rule: 'duplicate', suggestions };
}

/** Rule 4: looked for it, read about it, and where a safe fix exists, ran it or said why not. */
function triedEnough(input: GateInput): Decision {
  const { found, answers } = input;
  const pending = found.fixes.find(({ id }) => !isFixSettled(input, id));
  // The form has searched with the person's own words; who says "still stuck" has seen what that brought.
  const wasAnswered = input.wereShown && answers.length > 0;
  const hasLooked = wasAnswered || hasSearchedAndRead(input.trail);
  if (hasLooked && !pending) return open(input, 'trail-complete');
  const articles = hasLooked ? [] : found.articles;
  if (!pending && articles.length === 0) return open(input, 'nothing-found');
  const fixes = pending ? [pending] : [];
  const suggestions = { ...NOTHING, fixes, articles: articles.slice(0, MOST_SUGGESTIONS - fixes.length) };
  return {
    outcome: 'suggest',
    rule: 'trail',
    suggestions,
    ...(pending ? { fixPending: pending.id } : {}),
  };
}

function hasSearchedAndRead(trail: readonly TrailStep[]): boolean {
  const hasLooked = trail.some(({ kind }) => kind === 'search' || kind === 'category');
  const hasRead = trail.some(
    (step) => step.kind === 'article' || (step.kind === 'search' && step.hits === 0),
  );
  return hasLooked && hasRead;
}

function isFixSettled({ trail, answers }: GateInput, id: string): boolean {
  const ran = trail.some((step) => step.kind === 'fix' && step.id === id && step.outcome !== 'started');
  return (
    ran || answers.some(({ answer, target, reason }) => answer === 'declined' && target === id && !!reason)
  );
}

/** Rule 5: a fix that ran and did not help makes it one step more urgent. */
const hasFailedFix = (trail: readonly TrailStep[]): boolean =>
  trail.some(
    (step) => step.kind === 'fix' && (step.outcome === 'not-effective' || step.outcome === 'failed'),
  );

function open(input: GateInput, rule: OpenRule): Decision {
  const { request, trail, found, answers } = input;
  const related = found.incidents.map(({ id }) => id).filter((id) => isDenied(answers, id));
  if (rule === 'emergency') return { outcome: 'open', rule, impact: 1, urgency: 1, related };
  const asked = request.urgency ?? 2;
  const urgency = hasFailedFix(trail) ? moreUrgent(asked) : asked;
  return { outcome: 'open', rule, impact: request.impact ?? 3, urgency, related };
}
