import type { Calendar } from './calendar.ts';
import type { Priority } from './contract.ts';
import { priorityOf } from './priority.ts';
import type { TicketEvent } from './schema.ts';

export type ClockKind = 'first-response' | 'next-response' | 'restore' | 'resolve';
type AlarmLevel = 75 | 100 | 150;
const ALARM_LEVELS: readonly AlarmLevel[] = [75, 100, 150];

/** Milliseconds of business time for each clock. */
export interface Targets {
  readonly firstResponse: number;
  readonly nextResponse: number;
  readonly restore: number;
  readonly resolve: number;
}

export interface SlaPolicy {
  readonly calendar: Calendar;
  readonly targets: Readonly<Record<Priority, Targets>>;
}

interface Span {
  readonly from: number;
  /** Undefined while it runs. */
  readonly to?: number;
}

/** One promise about one ticket. */
export interface TicketClock {
  readonly kind: ClockKind;
  /** 1, or the number of the question for `next-response`. */
  readonly cycle: number;
  readonly status: 'running' | 'paused' | 'stopped';
  /** When it ran; between the spans it stood. */
  readonly spans: readonly Span[];
  /** Business ms. */
  readonly target: number;
  /** Since when the target holds: a tightened target is not missed before it was set. */
  readonly targetSince: number;
}

const TARGET_OF = {
  'first-response': 'firstResponse',
  'next-response': 'nextResponse',
  restore: 'restore',
  resolve: 'resolve',
} as const;

/** All clocks of a ticket, from its events. Those that depend on `now` are computed from these. */
export function clocksOf(events: readonly TicketEvent[], policy: SlaPolicy): readonly TicketClock[] {
  const [first] = events;
  if (first?.kind !== 'opened') return [];
  const since = Math.min(first.since, first.at);
  let targets = policy.targets[priorityOf(first.impact, first.urgency)];
  const start = (kind: ClockKind, at: number, cycle = 1): TicketClock => ({
    kind,
    cycle,
    status: 'running',
    spans: [{ from: at }],
    target: targets[TARGET_OF[kind]],
    targetSince: at,
  });
  let clocks: TicketClock[] = (['first-response', 'restore', 'resolve'] as const).map((kind) =>
    start(kind, since),
  );
  /** Whether `restore` ended by itself, not by the solving: then reopening does not set it going again. */
  let restored = false;
  let awaited: string | undefined;
  const change = (kinds: readonly ClockKind[], by: (clock: TicketClock) => TicketClock): void => {
    clocks = clocks.map((clock) => (kinds.includes(clock.kind) ? by(clock) : clock));
  };
  const work: readonly ClockKind[] = ['restore', 'resolve'];
  const answers: readonly ClockKind[] = ['first-response', 'next-response'];
  const asked = (at: number): void => {
    const unanswered = clocks.some((clock) => answers.includes(clock.kind) && clock.status !== 'stopped');
    if (unanswered) return;
    const cycle = clocks.filter((clock) => clock.kind === 'next-response').length + 1;
    clocks = [...clocks, start('next-response', at, cycle)];
  };

  for (const event of events) {
    const { at } = event;
    switch (event.kind) {
      case 'replied':
        if (event.from === 'agent') change(answers, (clock) => stopped(clock, at));
        else {
          asked(at);
          if (awaited === 'requester') {
            awaited = undefined;
            change(work, (clock) => resumed(clock, at));
          }
        }
        break;
      case 'waiting':
        awaited = event.for;
        change(work, (clock) => paused(clock, at));
        break;
      case 'resumed':
        awaited = undefined;
        change(work, (clock) => resumed(clock, at));
        break;
      case 'restored':
        restored = true;
        change(['restore'], (clock) => stopped(clock, at));
        break;
      case 'prioritised': {
        targets = policy.targets[priorityOf(event.impact, event.urgency)];
        const now = targets;
        clocks = clocks.map((clock) => retargeted(clock, now[TARGET_OF[clock.kind]], at));
        break;
      }
      case 'solved':
      case 'closed':
        awaited = undefined;
        clocks = clocks.map((clock) => stopped(clock, at));
        break;
      case 'reopened':
        change(restored ? ['resolve'] : work, (clock) =>
          clock.status === 'stopped'
            ? resumed(retargeted({ ...clock, status: 'paused' }, targets[TARGET_OF[clock.kind]], at), at)
            : clock,
        );
        if (event.from === 'requester') asked(at);
        break;
      default:
        break;
    }
  }
  return clocks;
}

function closedSpans(clock: TicketClock, at: number): readonly Span[] {
  return clock.spans.map((span) => (span.to === undefined ? { from: span.from, to: at } : span));
}

const stopped = (clock: TicketClock, at: number): TicketClock =>
  clock.status === 'stopped' ? clock : { ...clock, status: 'stopped', spans: closedSpans(clock, at) };

const paused = (clock: TicketClock, at: number): TicketClock =>
  clock.status === 'running' ? { ...clock, status: 'paused', spans: closedSpans(clock, at) } : clock;

const resumed = (clock: TicketClock, at: number): TicketClock =>
  clock.status === 'paused' ? { ...clock, status: 'running', spans: [...clock.spans, { from: at }] } : clock;

/** What has run stays; only the promise changes, and not for clocks that have ended. */
const retargeted = (clock: TicketClock, target: number, at: number): TicketClock =>
  clock.status === 'stopped' || clock.target === target ? clock : { ...clock, target, targetSince: at };

/** Business time used until `now`. */
export function elapsed(clock: TicketClock, calendar: Calendar, now: number): number {
  return clock.spans.reduce(
    (sum, span) => sum + calendar.between(span.from, Math.min(span.to ?? now, now)),
    0,
  );
}

/** When `percent` of the target is or was used up; undefined while the clock stands before that. */
export function instantAt(clock: TicketClock, calendar: Calendar, percent: number): number | undefined {
  let rest = (clock.target * percent) / 100;
  for (const span of clock.spans) {
    const reached = calendar.add(span.from, rest);
    if (reached !== undefined && (span.to === undefined || reached <= span.to)) {
      return Math.max(reached, clock.targetSince);
    }
    if (span.to === undefined) return undefined;
    rest -= calendar.between(span.from, span.to);
  }
  return undefined;
}

export interface Alarm {
  readonly clock: ClockKind;
  readonly cycle: number;
  readonly level: AlarmLevel;
  readonly reachedAt: number;
}

/** Every level of every clock with the instant at which it is reached; standing clocks have none ahead. */
export function alarmsOf(clocks: readonly TicketClock[], calendar: Calendar): readonly Alarm[] {
  return clocks.flatMap((clock) =>
    ALARM_LEVELS.flatMap((level) => {
      const reachedAt = instantAt(clock, calendar, level);
      return reachedAt === undefined ? [] : [{ clock: clock.kind, cycle: clock.cycle, level, reachedAt }];
    }),
  );
}

export interface Deadline {
  readonly clock: ClockKind;
  readonly dueAt: number;
}

/** The promise that falls due next (or was missed first) among the clocks that run. */
export function nextDeadline(clocks: readonly TicketClock[], calendar: Calendar): Deadline | undefined {
  return clocks
    .filter((clock) => clock.status === 'running')
    .flatMap((clock) => {
      const dueAt = instantAt(clock, calendar, 100);
      return dueAt === undefined ? [] : [{ clock: clock.kind, dueAt }];
    })
    .sort((a, b) => a.dueAt - b.dueAt)[0];
}
