import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advance,
  isFinal,
  type Moment,
  REQUEST_SETTINGS,
  type Request,
  type RequestEvent,
  type RequestState,
} from '../../src/recovery/request.ts';

const MINUTE = 60_000;
const settings = { ...REQUEST_SETTINGS, proofValidMs: 10 * MINUTE };
const at = (now: number): Moment => ({ now, settings });
const request = (state: RequestState, more: Partial<Request> = {}): Request => ({
  state,
  expiresAt: 1_000,
  setTries: 0,
  failures: 0,
  unknownSince: null,
  outcome: null,
  reason: null,
  ...more,
});

const EVENTS: readonly RequestEvent[] = [
  { type: 'suppress', reason: 'unknown' },
  { type: 'queue' },
  { type: 'mail-accepted' },
  { type: 'mail-refused', code: 'smtp 550' },
  { type: 'prove' },
  { type: 'claim' },
  { type: 'apply' },
  { type: 'refuse', reason: 'too-weak' },
  { type: 'fail', code: '50' },
  { type: 'release' },
  { type: 'time-out', code: 'time-out' },
  { type: 'verify' },
  { type: 'find-applied' },
  { type: 'find-not-applied' },
  { type: 'find-ineligible', reason: 'disabled' },
  { type: 'expire' },
  { type: 'supersede' },
  { type: 'report' },
  { type: 'escalate', reason: 'unknown' },
];

describe('a recovery request', () => {
  test.each<[RequestState, RequestEvent, number, Partial<Request> | undefined]>([
    ['requested', { type: 'queue' }, 0, { state: 'queued' }],
    ['requested', { type: 'prove' }, 0, undefined],
    ['queued', { type: 'mail-accepted' }, 500, { state: 'mailed', expiresAt: 500 + 10 * MINUTE }],
    ['queued', { type: 'prove' }, 0, { state: 'proved' }],
    ['mailed', { type: 'prove' }, 999, { state: 'proved', expiresAt: 999 + 10 * MINUTE }],
    ['mailed', { type: 'prove' }, 1_000, undefined],
    ['mailed', { type: 'claim' }, 0, undefined],
    ['mailed', { type: 'expire' }, 999, undefined],
    ['mailed', { type: 'expire' }, 1_000, { state: 'expired' }],
    ['proved', { type: 'claim' }, 999, { state: 'setting', setTries: 1 }],
    ['proved', { type: 'claim' }, 1_000, undefined],
    ['proved', { type: 'verify' }, 0, undefined],
    ['setting', { type: 'verify' }, 0, undefined],
    ['setting', { type: 'refuse', reason: 'too-weak' }, 0, { state: 'proved', reason: 'too-weak' }],
    ['setting', { type: 'time-out', code: 'x' }, 7, { state: 'unknown', unknownSince: 7 }],
    ['setting', { type: 'supersede' }, 0, undefined],
    ['applied', { type: 'verify' }, 0, { state: 'closed', outcome: 'verified' }],
    ['unknown', { type: 'find-applied' }, 0, { state: 'closed', outcome: 'reconciled' }],
    [
      'unknown',
      { type: 'find-not-applied' },
      7,
      { state: 'proved', expiresAt: 7 + 10 * MINUTE, unknownSince: null },
    ],
    ['unknown', { type: 'claim' }, 0, undefined],
    ['suppressed', { type: 'prove' }, 0, undefined],
    ['closed', { type: 'claim' }, 0, undefined],
    ['reported', { type: 'prove' }, 0, undefined],
  ])('%s + %o at %i', (state, event, now, expected) => {
    const next = advance(request(state), event, at(now));
    if (expected === undefined) expect(next).toBeUndefined();
    else expect(next).toMatchObject(expected);
  });

  test('the third failure hands it over', () => {
    const failing = (failures: number) =>
      advance(request('setting', { failures }), { type: 'fail', code: '50' }, at(0))?.state;
    expect([failing(0), failing(1), failing(2)]).toEqual(['proved', 'proved', 'escalated']);
  });

  test('the eleventh try to set is refused', () => {
    expect(advance(request('proved', { setTries: 9 }), { type: 'claim' }, at(0))?.setTries).toBe(10);
    expect(advance(request('proved', { setTries: 10 }), { type: 'claim' }, at(0))).toBeUndefined();
  });

  const walk = fc.array(fc.tuple(fc.constantFrom(...EVENTS), fc.integer({ min: 0, max: 3 * MINUTE })), {
    maxLength: 40,
  });

  test('whatever happens in whatever order: success only after proof and application, ends are final', () => {
    fc.assert(
      fc.property(walk, (steps) => {
        let current = request('requested', { expiresAt: 60 * MINUTE });
        let now = 0;
        const past: RequestEvent['type'][] = [];
        for (const [event, pause] of steps) {
          now += pause;
          const next = advance(current, event, at(now));
          if (!next) continue;
          expect(isFinal(current.state)).toBe(false);
          past.push(event.type);
          current = next;
        }
        if (current.outcome === 'verified')
          expect(past).toEqual(expect.arrayContaining(['prove', 'claim', 'apply', 'verify']));
        if (current.outcome === 'reconciled')
          expect(past).toEqual(expect.arrayContaining(['prove', 'claim']));
        if (past.includes('suppress')) expect(past).toEqual(['suppress']);
        expect(past.filter((type) => type === 'prove').length).toBeLessThanOrEqual(1);
        expect(past.filter((type) => type === 'claim').length).toBeLessThanOrEqual(settings.mostSetTries);
      }),
      { numRuns: 2_000 },
    );
  });
});
