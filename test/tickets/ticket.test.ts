import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANNELS, type Fact, factSchema, TIERS, WAITING_FOR } from '../../src/tickets/schema.ts';
import { replay } from '../../src/tickets/ticket.ts';
import { history } from './history.ts';

const level = fc.constantFrom(1 as const, 2 as const, 3 as const);
const from = fc.constantFrom('agent' as const, 'requester' as const);
const text = fc.string({ minLength: 1, maxLength: 20 });

const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ kind: fc.constant('claimed' as const), assignee: fc.record({ login: text, name: text }) }),
  fc.constant({ kind: 'released' } as const),
  fc.record({ kind: fc.constant('replied' as const), from, name: text, text }),
  fc.record({ kind: fc.constant('noted' as const), name: text, text }),
  fc.record({ kind: fc.constant('waiting' as const), for: fc.constantFrom(...WAITING_FOR) }),
  fc.constant({ kind: 'resumed' } as const),
  fc.constant({ kind: 'restored' } as const),
  fc.record({ kind: fc.constant('prioritised' as const), impact: level, urgency: level }),
  fc.record({
    kind: fc.constant('escalated' as const),
    from: fc.constantFrom(...TIERS),
    to: fc.constantFrom(...TIERS),
    handover: fc.record({ reason: fc.constant('skill' as const), tried: text, findings: text, need: text }),
  }),
  fc.record({
    kind: fc.constant('solved' as const),
    name: text,
    cause: fc.constant('other' as const),
    knowledge: fc.record({ kind: fc.constant('one-off' as const), reason: text }),
    text,
  }),
  fc.record({
    kind: fc.constant('closed' as const),
    why: fc.constantFrom('requester' as const, 'time' as const),
  }),
  fc.record({ kind: fc.constant('reopened' as const), from, name: text, text }),
  fc.record({ kind: fc.constant('rated' as const), score: fc.integer({ min: 1, max: 5 }), comment: text }),
);

const anyHistory = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), anyFact), { maxLength: 30 })
  .map((steps) => {
    let at = 1_000;
    return history(
      at,
      ...steps.map(([pause, fact]) => {
        at += pause;
        return [at, fact] as const;
      }),
    );
  });

describe('replaying', () => {
  test('gives the same ticket every time and never throws', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        expect(replay(events)).toEqual(replay(structuredClone(events)));
      }),
    );
  });

  test('can stop anywhere: every beginning of a history is a ticket, and its version says where', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        for (let count = 1; count <= events.length; count++) {
          const ticket = replay(events.slice(0, count));
          expect(ticket.version).toBe(count);
          expect(ticket.updatedAt).toBe(events[count - 1]?.at);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('leaves states that agree with themselves', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const ticket = replay(events);
        expect(ticket.waitingFor !== undefined).toBe(ticket.state === 'waiting');
        if (ticket.state === 'solved') expect(ticket.resolution).toBeDefined();
        if (ticket.state === 'closed') expect(ticket.closedAt).toBeDefined();
        if (ticket.state === 'new' || ticket.state === 'open') expect(ticket.closedAt).toBeUndefined();
      }),
    );
  });

  test('notes change nothing but the version', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const before = replay(events);
        const last = events.at(-1);
        const noted = { kind: 'noted', name: 'n', text: 't' } as const;
        const after = replay([...events, { ...noted, seq: events.length + 1, at: last?.at ?? 0, by: 'x' }]);
        expect({ ...after, version: 0 }).toEqual({ ...before, version: 0 });
      }),
    );
  });

  test('survives the way into the database and back', () => {
    fc.assert(
      fc.property(anyFact, (fact) => {
        expect(factSchema.parse(JSON.parse(JSON.stringify(fact)))).toEqual(fact);
      }),
    );
  });

  test('refuses a history without a beginning', () => {
    expect(() => replay([])).toThrow('opened');
    expect(() => replay(history(1, [2, { kind: 'released' }]).slice(1))).toThrow('opened');
  });

  test.each(CHANNELS)('knows tickets by %s', (channel) => {
    expect(replay(history(1, { channel })).opened.channel).toBe(channel);
  });
});

describe('the states', () => {
  const states = (...facts: readonly Fact[]): string =>
    replay(history(0, ...facts.map((fact, index) => [index + 1, fact] as const))).state;
  const claimed: Fact = { kind: 'claimed', assignee: { login: 'nina', name: 'Nina' } };
  const reply = (who: 'agent' | 'requester'): Fact => ({ kind: 'replied', from: who, name: 'N', text: 't' });
  const solved: Fact = {
    kind: 'solved',
    name: 'N',
    cause: 'other',
    knowledge: { kind: 'one-off', reason: 'r' },
    text: 't',
  };
  test.each<[string, Fact[], string]>([
    ['nobody has looked', [], 'new'],
    ['the requester adds something', [reply('requester')], 'new'],
    ['claimed', [claimed], 'open'],
    ['answered without a claim', [reply('agent')], 'open'],
    ['waiting', [reply('agent'), { kind: 'waiting', for: 'requester' }], 'waiting'],
    ['the requester answers', [{ kind: 'waiting', for: 'requester' }, reply('requester')], 'open'],
    ['the vendor is waited for', [{ kind: 'waiting', for: 'vendor' }, reply('requester')], 'waiting'],
    ['solved', [claimed, solved], 'solved'],
    ['closed', [solved, { kind: 'closed', why: 'time' }], 'closed'],
    ['reopened', [solved, { kind: 'reopened', from: 'requester', name: 'A', text: 't' }], 'open'],
    ['waiting makes no sense once solved', [solved, { kind: 'waiting', for: 'vendor' }], 'solved'],
  ])('%s', (_name, facts, expected) => {
    expect(states(...facts)).toBe(expected);
  });

  test('an escalation frees the ticket for the next tier', () => {
    const handover = { reason: 'skill', tried: 'a', findings: 'b', need: 'c' } as const;
    const ticket = replay(
      history(0, [1, claimed], [2, { kind: 'escalated', from: 'L1', to: 'L2', handover }]),
    );
    expect(ticket).toMatchObject({ tier: 'L2', state: 'open' });
    expect(ticket.assignee).toBeUndefined();
  });
});
