import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type GateInput } from '../../src/help/gate.ts';
import { EMERGENCIES, type HelpAnswer, type Suggestions } from '../../src/help/schema.ts';
import type { TrailStep } from '../../src/lib/trail-step.ts';

const NOW = 1_000_000;
const thing = (id: string) => ({ id, title: `About ${id}`, url: `/en/${id}` });
const found = (over: Partial<Suggestions> = {}): Suggestions => ({
  articles: [],
  fixes: [],
  incidents: [],
  tickets: [],
  ...over,
});
const ARTICLES = { articles: [thing('printing/grey'), thing('printing/slow'), thing('printing/loud')] };
const FIX = { fixes: [thing('restart-queue')] };
const INCIDENT = { incidents: [thing('i1'), thing('i2'), thing('i3')] };
const OWN = { tickets: [{ number: 'FL-7', url: '/en/requests/FL-7', summary: 'Grey', state: 'open' }] };

const searched: TrailStep = { kind: 'search', at: 1, q: 'grey', lang: 'en', hits: 3 };
const nothing: TrailStep = { kind: 'search', at: 1, q: 'grey', lang: 'en', hits: 0 };
const browsed: TrailStep = { kind: 'category', at: 1, id: 'printing' };
const read: TrailStep = { kind: 'article', at: 2, id: 'printing/grey' };
const fix = (outcome: Extract<TrailStep, { kind: 'fix' }>['outcome']): TrailStep => ({
  kind: 'fix',
  at: 3,
  id: 'restart-queue',
  outcome,
});

const input = (over: Omit<Partial<GateInput>, 'request'> & { request?: object } = {}): GateInput => ({
  byAgent: false,
  createdAt: NOW,
  now: NOW,
  trail: [],
  answers: [],
  found: found(),
  troubles: [],
  wereShown: false,
  load: { openTickets: 0, requestsToday: 0 },
  limits: { openTickets: 5, requestsPerDay: 20, contactAfter: 120_000 },
  ...over,
  request: { channel: 'portal', emergency: false, assistance: false, noScript: false, ...over.request },
});
const said = (...answers: (HelpAnswer | HelpAnswer['answer'])[]): readonly HelpAnswer[] =>
  answers.map((answer) => (typeof answer === 'string' ? { answer } : answer));
const all = found({ ...ARTICLES, ...FIX, ...INCIDENT, ...OWN });

describe('rule 1: straight through', () => {
  test.each<[string, Parameters<typeof input>[0], string]>([
    ['an emergency', { request: { emergency: true } }, 'emergency'],
    ['an emergency with its reason', { request: { emergency: 'phishing' } }, 'emergency'],
    ['by telephone', { request: { channel: 'phone' } }, 'channel'],
    ['on site', { request: { channel: 'onsite' } }, 'channel'],
    ['from a monitor', { request: { channel: 'monitor' } }, 'channel'],
    ['by an agent', { byAgent: true }, 'agent'],
    ['assistance', { request: { assistance: true } }, 'assistance'],
    ['no JavaScript', { request: { noScript: true } }, 'no-script'],
    ['self-service is down', { troubles: ['search'] }, 'self-service-down'],
    ['asked for a person twice', { answers: said('still-stuck', 'still-stuck') }, 'asked-twice'],
    ['two minutes gone by', { answers: said('different'), now: NOW + 120_000 }, 'waited'],
  ])('%s opens a ticket, whatever would fit', (_name, over, rule) => {
    expect(decide(input({ ...over, found: all }))).toMatchObject({ outcome: 'open', rule });
  });

  test('an emergency is P1', () => {
    const request = { emergency: true, impact: 3, urgency: 3 };
    expect(decide(input({ request }))).toMatchObject({ impact: 1, urgency: 1 });
  });

  test('the first look is not counted as waiting', () => {
    const late = input({ now: NOW + 500_000, found: found(ARTICLES) });
    expect(decide(late).outcome).toBe('suggest');
  });
});

describe('rule 2: a known incident', () => {
  test('is offered first, at most two of them', () => {
    const decision = decide(input({ found: all }));
    expect(decision).toMatchObject({ outcome: 'suggest', rule: 'known-incident' });
    expect(decision.outcome === 'suggest' && decision.suggestions.incidents).toHaveLength(2);
  });

  test('joining ends it', () => {
    const answers = said({ answer: 'joined', target: 'i1' });
    expect(decide(input({ found: all, answers, wereShown: true }))).toEqual({
      outcome: 'joined',
      rule: 'known-incident',
      target: 'i1',
    });
  });

  test('"mine is different" goes on, and the ticket says what it may be related to', () => {
    const answers = said({ answer: 'different' });
    const goingOn = decide(input({ found: found({ ...INCIDENT, ...FIX }), answers, wereShown: true }));
    expect(goingOn).toMatchObject({ outcome: 'suggest', rule: 'trail' });
    const opened = decide(input({ found: found(INCIDENT), answers, wereShown: true }));
    expect(opened).toMatchObject({ outcome: 'open', related: ['i1', 'i2', 'i3'] });
  });

  test('different from one is not different from the other', () => {
    const answers = said({ answer: 'different', target: 'i1' });
    const decision = decide(input({ found: found(INCIDENT), answers, wereShown: true }));
    expect(decision.outcome === 'suggest' && decision.suggestions.incidents.map(({ id }) => id)).toEqual([
      'i2',
      'i3',
    ]);
  });
});

describe('rule 3: an own ticket about it', () => {
  test('is offered; joining it is told apart from joining an incident', () => {
    const given = found({ ...OWN, ...ARTICLES });
    expect(decide(input({ found: given }))).toMatchObject({ outcome: 'suggest', rule: 'duplicate' });
    const answers = said({ answer: 'joined', target: 'FL-7' });
    expect(decide(input({ found: given, answers }))).toMatchObject({ rule: 'duplicate', target: 'FL-7' });
  });
});

describe('rule 4: what was tried', () => {
  test.each<[string, readonly TrailStep[], Partial<Suggestions>, string]>([
    ['nothing tried, articles fit', [], ARTICLES, 'suggest'],
    ['only searched', [searched], ARTICLES, 'suggest'],
    ['only read', [read], ARTICLES, 'suggest'],
    ['searched and read', [searched, read], ARTICLES, 'open'],
    ['browsed and read', [browsed, read], ARTICLES, 'open'],
    ['searched and found nothing', [nothing], ARTICLES, 'open'],
    ['searched and read, a fix exists', [searched, read], FIX, 'suggest'],
    ['the fix was only started', [searched, read, fix('started')], FIX, 'suggest'],
    ['the fix failed', [searched, read, fix('failed')], FIX, 'open'],
    ['the fix did not help', [searched, read, fix('not-effective')], FIX, 'open'],
    ['nobody knows how the fix ended', [searched, read, fix('unknown')], FIX, 'open'],
    ['the fix was declined', [searched, read, fix('declined')], FIX, 'open'],
    ['nothing tried and nothing fits', [], {}, 'open'],
  ])('%s: %s', (_name, trail, given, outcome) => {
    expect(decide(input({ trail, found: found(given) })).outcome).toBe(outcome);
  });

  test('"still stuck" after articles opens; with a fix untried it asks once more, for that alone', () => {
    const answers = said('still-stuck');
    expect(decide(input({ found: found(ARTICLES), answers, wereShown: true }))).toMatchObject({
      outcome: 'open',
      rule: 'trail-complete',
    });
    const decision = decide(input({ found: found({ ...ARTICLES, ...FIX }), answers, wereShown: true }));
    expect(decision).toMatchObject({ outcome: 'suggest', fixPending: 'restart-queue' });
    expect(decision.outcome === 'suggest' && decision.suggestions.articles).toEqual([]);
  });

  test('declining needs a reason', () => {
    const given = found(FIX);
    const without = said({ answer: 'declined', target: 'restart-queue' });
    const withReason = said({ answer: 'declined', target: 'restart-queue', reason: 'tried it yesterday' });
    expect(decide(input({ found: given, answers: without, wereShown: true })).outcome).toBe('suggest');
    expect(decide(input({ found: given, answers: withReason, wereShown: true })).outcome).toBe('open');
  });
});

describe('rule 5: a fix that did not help', () => {
  test.each([
    [3, 2],
    [2, 1],
    [1, 1],
  ] as const)('urgency %i becomes %i', (urgency, expected) => {
    const trail = [searched, read, fix('not-effective')];
    expect(decide(input({ trail, request: { urgency } }))).toMatchObject({ urgency: expected });
  });
});

describe('rule 6: limits', () => {
  const over = { load: { openTickets: 5, requestsToday: 0 } };
  test('over them a request waits for a person; emergencies and agents do not', () => {
    expect(decide(input(over)).outcome).toBe('deferred');
    expect(decide(input({ load: { openTickets: 0, requestsToday: 20 } })).outcome).toBe('deferred');
    expect(decide(input({ ...over, request: { emergency: true } })).outcome).toBe('open');
    expect(decide(input({ ...over, byAgent: true })).outcome).toBe('open');
    expect(decide(input({ load: { openTickets: 4, requestsToday: 19 } })).outcome).toBe('open');
  });
});

const anyThing = fc.integer({ min: 1, max: 9 }).map((n) => thing(`t${n}`));
const anyAnswer: fc.Arbitrary<HelpAnswer> = fc.record(
  {
    answer: fc.constantFrom('different' as const, 'still-stuck' as const, 'declined' as const),
    target: fc.constantFrom('t1', 't2', 'FL-7'),
    reason: fc.constantFrom('no', 'not now'),
  },
  { requiredKeys: ['answer'] },
);
const anyInput = fc.record({
  request: fc.record({
    channel: fc.constantFrom('portal', 'email', 'chat', 'phone', 'api'),
    emergency: fc.constantFrom(false, false, ...EMERGENCIES),
    assistance: fc.constant(false),
    noScript: fc.boolean(),
  }),
  byAgent: fc.boolean(),
  trail: fc.array(fc.constantFrom(searched, nothing, browsed, read, fix('failed')), { maxLength: 5 }),
  answers: fc.array(anyAnswer, { maxLength: 4 }),
  found: fc.record({
    articles: fc.array(anyThing, { maxLength: 5 }),
    fixes: fc.array(anyThing, { maxLength: 3 }),
    incidents: fc.array(anyThing, { maxLength: 3 }),
    tickets: fc.constantFrom([], OWN.tickets),
  }),
  wereShown: fc.boolean(),
  now: fc.integer({ min: NOW, max: NOW + 300_000 }),
});

describe('always', () => {
  test('at most two suggestions, and never none', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const decision = decide(input(given as Parameters<typeof input>[0]));
        if (decision.outcome !== 'suggest') return;
        const count = Object.values(decision.suggestions).flat().length;
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('pressing "still stuck" twice gets everybody a ticket', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const answers = [...given.answers, ...said('still-stuck', 'still-stuck')];
        expect(decide(input({ ...(given as Parameters<typeof input>[0]), answers })).outcome).toBe('open');
      }),
    );
  });

  test('the same input is the same decision', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const once = input(given as Parameters<typeof input>[0]);
        expect(decide(structuredClone(once))).toEqual(decide(once));
      }),
    );
  });
});
