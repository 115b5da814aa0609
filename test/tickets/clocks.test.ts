import { describe, expect, test } from 'vitest';
import { ALWAYS, createCalendar } from '../../src/tickets/calendar.ts';
import {
  alarmsOf,
  type ClockKind,
  clocksOf,
  elapsed,
  instantAt,
  nextDeadline,
  type SlaPolicy,
  type Targets,
} from '../../src/tickets/clocks.ts';
import { history } from './history.ts';

const HOUR = 3_600_000;
const ms = (text: string): number => Date.parse(text);
const T0 = ms('2027-03-01T08:00Z');
const after = (hours: number): number => T0 + hours * HOUR;

const targets = (hours: number): Targets => ({
  firstResponse: hours * HOUR,
  nextResponse: 2 * hours * HOUR,
  restore: 4 * hours * HOUR,
  resolve: 8 * hours * HOUR,
});
const POLICY: SlaPolicy = {
  calendar: ALWAYS,
  targets: { P1: targets(0.25), P2: targets(0.5), P3: targets(1), P4: targets(2) },
};

const clockOf = (events: Parameters<typeof clocksOf>[0], kind: ClockKind, policy = POLICY) => {
  const clock = clocksOf(events, policy).findLast((one) => one.kind === kind);
  if (!clock) throw new Error(`no clock ${kind}`);
  return clock;
};
const dueOf = (events: Parameters<typeof clocksOf>[0], kind: ClockKind, policy = POLICY) =>
  instantAt(clockOf(events, kind, policy), policy.calendar, 100);

describe('golden: Tehran, Thursday 11:00 and eight hours', () => {
  const day = (from: string, to: string) => [{ from, to }];
  const week = { sat: day('08:00', '16:00'), sun: day('08:00', '16:00'), thu: day('08:00', '12:00') };
  const policy: SlaPolicy = {
    ...POLICY,
    calendar: createCalendar({ timezone: 'Asia/Tehran', hours: week, holidays: [], overrides: {} }),
    targets: { ...POLICY.targets, P4: { ...targets(1), resolve: 8 * HOUR } },
  };
  const opened = ms('2027-03-04T11:00+03:30');

  test('is due on Saturday at 15:00', () => {
    expect(dueOf(history(opened), 'resolve', policy)).toBe(ms('2027-03-06T15:00+03:30'));
  });

  test('paused on Saturday from 10 to 12, it is due on Sunday at 9', () => {
    const events = history(
      opened,
      [ms('2027-03-06T10:00+03:30'), { kind: 'waiting', for: 'vendor' }],
      [ms('2027-03-06T12:00+03:30'), { kind: 'resumed' }],
    );
    expect(dueOf(events, 'resolve', policy)).toBe(ms('2027-03-07T09:00+03:30'));
  });
});

describe('first response', () => {
  test('ends with the first word of a person, not with a claim or a note', () => {
    const before = history(
      T0,
      [after(0.1), { kind: 'claimed', assignee: { login: 'nina', name: 'Nina' } }],
      [after(0.2), { kind: 'noted', name: 'Nina', text: 'hm' }],
    );
    expect(clockOf(before, 'first-response').status).toBe('running');
    const replied = history(T0, [after(0.5), { kind: 'replied', from: 'agent', name: 'Nina', text: 'hi' }]);
    const clock = clockOf(replied, 'first-response');
    expect(clock.status).toBe('stopped');
    expect(elapsed(clock, ALWAYS, after(99))).toBe(0.5 * HOUR);
  });

  test('runs from the request, though the ticket was opened later', () => {
    const events = history(T0, { since: after(-1) });
    expect(dueOf(events, 'first-response')).toBe(after(1));
  });
});

describe('next response', () => {
  const agent = { kind: 'replied', from: 'agent', name: 'Nina', text: 'a' } as const;
  const requester = { kind: 'replied', from: 'requester', name: 'Alex', text: 'b' } as const;

  test('begins with the question, not again with the next one, and counts its cycles', () => {
    const events = history(
      T0,
      [after(1), agent],
      [after(2), requester],
      [after(3), requester],
      [after(4), agent],
      [after(5), requester],
    );
    const clocks = clocksOf(events, POLICY).filter(({ kind }) => kind === 'next-response');
    expect(clocks.map(({ cycle, status }) => [cycle, status])).toEqual([
      [1, 'stopped'],
      [2, 'running'],
    ]);
    expect(clocks[0]?.spans).toEqual([{ from: after(2), to: after(4) }]);
  });

  test('does not run while the first response is still owed', () => {
    const clocks = clocksOf(history(T0, [after(1), requester]), POLICY);
    expect(clocks.some(({ kind }) => kind === 'next-response')).toBe(false);
  });
});

describe('pauses', () => {
  test('freeze what is left until somebody goes on', () => {
    const waiting = history(T0, [after(3), { kind: 'waiting', for: 'requester' }]);
    expect(dueOf(waiting, 'resolve')).toBeUndefined();
    const resumed = history(
      T0,
      [after(3), { kind: 'waiting', for: 'requester' }],
      [after(10), { kind: 'replied', from: 'requester', name: 'Alex', text: 'here' }],
    );
    expect(dueOf(resumed, 'resolve')).toBe(after(16 + 7));
  });

  test('for a vendor are not ended by a word of the requester', () => {
    const events = history(
      T0,
      [after(3), { kind: 'waiting', for: 'vendor' }],
      [after(10), { kind: 'replied', from: 'requester', name: 'Alex', text: 'any news?' }],
    );
    expect(clockOf(events, 'resolve').status).toBe('paused');
  });
});

describe('a change of priority', () => {
  test('keeps the time that has run', () => {
    const events = history(T0, [after(1), { kind: 'prioritised', impact: 1, urgency: 2 }]);
    expect(dueOf(events, 'resolve')).toBe(after(4));
  });

  test('that leaves no time is due when it was made, not before', () => {
    const events = history(T0, [after(6), { kind: 'prioritised', impact: 1, urgency: 1 }]);
    expect(dueOf(events, 'resolve')).toBe(after(6));
  });

  test('does not touch a promise that was kept', () => {
    const events = history(
      T0,
      [after(1), { kind: 'replied', from: 'agent', name: 'Nina', text: 'a' }],
      [after(2), { kind: 'prioritised', impact: 1, urgency: 1 }],
    );
    expect(clockOf(events, 'first-response').target).toBe(2 * HOUR);
  });
});

describe('reopening', () => {
  const solved = {
    kind: 'solved',
    name: 'Nina',
    cause: 'other',
    knowledge: { kind: 'one-off', reason: 'because' },
    text: 'done',
  } as const;

  test('continues the old clock without the time in which it was solved', () => {
    const events = history(
      T0,
      [after(6), solved],
      [after(30), { kind: 'reopened', from: 'requester', name: 'Alex', text: 'no' }],
    );
    expect(dueOf(events, 'resolve')).toBe(after(30 + 10));
    expect(clockOf(events, 'next-response').spans).toEqual([{ from: after(30) }]);
  });

  test('does not set "working again" going when that was reached before the solution', () => {
    const events = history(
      T0,
      [after(1), { kind: 'restored' }],
      [after(6), solved],
      [after(7), { kind: 'reopened', from: 'agent', name: 'Nina', text: 'no' }],
    );
    expect(clockOf(events, 'restore').status).toBe('stopped');
  });
});

describe('levels', () => {
  test('are reached at three quarters, at the end and half beyond', () => {
    const alarms = alarmsOf(clocksOf(history(T0), POLICY), ALWAYS).filter(({ clock }) => clock === 'resolve');
    expect(alarms.map(({ level, reachedAt }) => [level, reachedAt])).toEqual([
      [75, after(12)],
      [100, after(16)],
      [150, after(24)],
    ]);
  });

  test('that were never reached before the end do not exist', () => {
    const events = history(T0, [after(1.6), { kind: 'replied', from: 'agent', name: 'Nina', text: 'a' }]);
    const alarms = alarmsOf(clocksOf(events, POLICY), ALWAYS).filter(
      ({ clock }) => clock === 'first-response',
    );
    expect(alarms.map(({ level }) => level)).toEqual([75]);
  });

  test('the next deadline is the nearest of those that run', () => {
    expect(nextDeadline(clocksOf(history(T0), POLICY), ALWAYS)).toEqual({
      clock: 'first-response',
      dueAt: after(2),
    });
  });
});
