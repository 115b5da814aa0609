import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterWrong, LOCK_POLICY, type WrongCount } from '../../src/directory/wrong-passwords.ts';

const policy = LOCK_POLICY;

describe('wrong passwords', () => {
  test.each([
    ['the first one starts a window', { count: 1, since: null }, { count: 1, since: 1000 }],
    ['the second one is counted in it', { count: 2, since: 500 }, { count: 2, since: 500 }],
    [
      'the tenth one locks',
      { count: 10, since: 500 },
      { count: 0, since: null, lockedUntil: 1000 + policy.lockMs },
    ],
    [
      'one after the window starts anew',
      { count: 7, since: 1000 - policy.windowMs },
      { count: 1, since: 1000 },
    ],
  ] as const)('%s', (_name, wrong, expected) => {
    expect(afterWrong(wrong, { now: 1000, policy })).toEqual(expected);
  });

  test('never more than the limit within a window, however they are spread', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 * 60_000 }), { maxLength: 60 }), (pauses) => {
        let state: WrongCount = { count: 0, since: null };
        let now = 1;
        let inWindow = 0;
        for (const pause of pauses) {
          now += pause;
          const before = state.since;
          const next = afterWrong({ count: state.count + 1, since: state.since }, { now, policy });
          inWindow = before === null || before <= now - policy.windowMs ? 1 : inWindow + 1;
          expect(inWindow).toBeLessThanOrEqual(policy.most);
          expect(next.lockedUntil !== undefined).toBe(inWindow === policy.most);
          if (next.lockedUntil !== undefined) inWindow = 0;
          state = next;
        }
      }),
    );
  });
});
