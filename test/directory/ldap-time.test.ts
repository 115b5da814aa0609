import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, hangUp } from '../../src/directory/backends/ldap/connection.ts';
import { answerAfter } from '../../src/directory/backends/ldap/equal-time.ts';
import type { Directory } from '../../src/directory/contract.ts';
import { dnOf, PEOPLE, type Slapd, startSlapd } from '../support/slapd.ts';
import { directoryOn, settingsFor } from './ldap-under-test.ts';

/** A few of each kind, side by side; the whole experiment with n ≥ 200 is `npm run -s bench:recovery`. */
const ROUNDS = 8;

let slapd: Slapd;
let directory: Directory;
beforeAll(async () => {
  slapd = await startSlapd({
    hash: 'ARGON2',
    policy: { pwdMaxFailure: '3' },
    people: [
      ...Array.from({ length: ROUNDS + 1 }, (_, i) => ({
        login: `open${i}`,
        password: 'old lanterns over water',
      })),
      {
        login: 'locked',
        password: 'old lanterns over water',
        also: { pwdAccountLockedTime: '000001010000Z' },
      },
    ],
  });
  directory = directoryOn(slapd, { verifyMs: 200 });
  await directory.verifyPassword(dnOf(`open${ROUNDS}`), 'wrong');
});
afterAll(() => slapd.stop());

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function bareBind(dn: string): Promise<void> {
  const client = await connected(settingsFor(slapd));
  await client.bind(dn, 'wrong').catch(() => {});
  hangUp(client);
}

describe('the time of a refused password', () => {
  test('the directory itself tells who exists', async () => {
    const existing: number[] = [];
    const missing: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      existing.push(await timed(() => bareBind(dnOf(`open${i}`))));
      missing.push(await timed(() => bareBind(`cn=nobody${i},${PEOPLE}`)));
    }
    expect(median(existing) / median(missing)).toBeGreaterThan(1.2);
  });

  test('is the same for existing, missing, locked and empty', async () => {
    const ask: Readonly<Record<string, (i: number) => Promise<unknown>>> = {
      existing: (i) => directory.verifyPassword(dnOf(`open${i}`), 'wrong'),
      missing: () => directory.verifyPassword(undefined, 'wrong'),
      locked: () => directory.verifyPassword(dnOf('locked'), 'wrong'),
      empty: (i) => directory.verifyPassword(dnOf(`open${i}`), ''),
    };
    const times = Object.fromEntries(Object.keys(ask).map((kind) => [kind, [] as number[]]));
    for (let i = 0; i < ROUNDS; i++)
      await Promise.all(
        Object.entries(ask).map(async ([kind, question]) =>
          times[kind]?.push(await timed(() => question(i))),
        ),
      );
    const reference = median(times.missing ?? []);
    for (const [kind, taken] of Object.entries(times)) {
      expect(median(taken) / reference, kind).toBeGreaterThan(0.95);
      expect(median(taken) / reference, kind).toBeLessThan(1.05);
    }
  });
});

describe('the moment of an answer', () => {
  test.each([
    ['nothing known yet', [], 200, 200],
    ['quick directory', [3, 5, 9], 200, 200],
    ['slower than the least', [150], 200, 250],
    ['a slow one is remembered', [400, 3, 3], 200, 600],
    ['never beyond two seconds', [9_000], 200, 2_000],
  ])('%s', (_name, took, least, expected) => {
    expect(answerAfter(took, least)).toBe(expected);
  });

  test('is later than everything that was seen, within reason', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_300 }), { maxLength: 40 }), (took) => {
        expect(answerAfter(took, 200)).toBeGreaterThanOrEqual(Math.max(200, ...took.map((ms) => ms * 1.5)));
      }),
    );
  });
});
