import fc from 'fast-check';
import { InsufficientAccessError, UnknownStatusCodeError } from 'ldapts';
import { describe, expect, test } from 'vitest';
import { changeResult } from '../../src/directory/backends/ldap/change.ts';
import { dnKey } from '../../src/directory/backends/ldap/dn-key.ts';
import { ldapEntry } from '../../src/directory/backends/ldap/entry.ts';
import { failureCode, failureOf } from '../../src/directory/backends/ldap/failure.ts';
import { isReallyNamed } from '../../src/directory/backends/ldap/find-filter.ts';
import { openldap } from '../../src/directory/backends/ldap/flavours/openldap.ts';
import { createLimit, createOneAtATime } from '../../src/directory/backends/ldap/one-at-a-time.ts';
import { passwordModifyValue } from '../../src/directory/backends/ldap/password-modify.ts';
import { preferredLang } from '../../src/directory/backends/ldap/person.ts';
import { fileTime, generalizedTime, toGeneralizedTime } from '../../src/directory/backends/ldap/times.ts';
import { boundAfter, verifyResult } from '../../src/directory/backends/ldap/verify.ts';

describe('times', () => {
  test.each([
    ['20261122120000Z', Date.UTC(2026, 10, 22, 12)],
    ['20261122120000.25Z', Date.UTC(2026, 10, 22, 12, 0, 0, 250)],
    ['202611221200Z', Date.UTC(2026, 10, 22, 12)],
    ['2026112212Z', Date.UTC(2026, 10, 22, 12)],
    ['20261122153000+0330', Date.UTC(2026, 10, 22, 12)],
    ['20261122073000-0430', Date.UTC(2026, 10, 22, 12)],
    ['000001010000Z', undefined],
    ['', undefined],
    ['yesterday', undefined],
    [undefined, undefined],
  ])('%s', (text, expected) => {
    expect(generalizedTime(text)).toBe(expected);
  });

  test('there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(generalizedTime(toGeneralizedTime(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });

  test.each([
    ['116444736000000000', 0],
    ['134082756000000000', Date.UTC(2025, 10, 22, 9)],
    ['0', undefined],
    ['9223372036854775807', undefined],
    ['-1', undefined],
    ['x', undefined],
  ])('steps since 1601: %s', (text, expected) => {
    expect(fileTime(text)).toBe(expected);
  });
});

describe('DNs in different spellings', () => {
  test.each([
    ['uid=mira,ou=people,dc=example', 'UID=Mira, OU=People , DC=example'],
    ['cn=x\\, y,dc=a', 'cn=x\\2C y,dc=a'],
    ['cn=a+uid=b,dc=c', 'uid=B + cn=A,dc=c'],
    ['cn=سارا,dc=a', 'cn=\\D8\\B3\\D8\\A7\\D8\\B1\\D8\\A7,dc=a'],
  ])('%s is %s', (one, other) => {
    expect(dnKey(one)).toBe(dnKey(other));
  });

  test.each([
    ['uid=mira,ou=people,dc=example', 'uid=mira\\,ou=people,dc=example'],
    ['cn=a,cn=b', 'cn=b,cn=a'],
    ['cn=a+uid=b', 'cn=a,uid=b'],
    ['cn=a\\+uid=b', 'cn=a+uid=b'],
    ['cn=mira', 'cn=mіra'],
  ])('%s is not %s', (one, other) => {
    expect(dnKey(one)).not.toBe(dnKey(other));
  });

  test('escaping a value in any way never changes whose it is, and never makes it somebody else’s', () => {
    const value = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((text) => text.trim() === text && !/\s/.test(text));
    const byHex = (text: string): string =>
      [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
    const byBackslash = (text: string): string => text.replace(/[,+"\\<>;=#]/g, '\\$&');
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(dnKey(`cn=${byHex(a)},dc=x`)).toBe(dnKey(`cn=${byBackslash(a)},dc=x`));
        const isSame = a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();
        if (!isSame) expect(dnKey(`cn=${byHex(a)},dc=x`)).not.toBe(dnKey(`cn=${byHex(b)},dc=x`));
      }),
    );
  });
});

describe('what went wrong', () => {
  const coded = (code: string): Error => Object.assign(new Error('x'), { code });
  test.each([
    [new InsufficientAccessError(''), 'no-rights', 'failed'],
    [new UnknownStatusCodeError(99, ''), 'ldap-99', 'failed'],
    [coded('ECONNREFUSED'), 'unreachable', 'failed'],
    [coded('ENOTFOUND'), 'unreachable', 'failed'],
    [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'certificate', 'failed'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'certificate', 'failed'],
    [new Error('Connection timeout'), 'unreachable', 'failed'],
    [new Error('ExtendedRequest: Operation timed out'), 'timed-out', 'unknown'],
    [coded('ECONNRESET'), 'connection-lost', 'unknown'],
    [new Error('Connection closed before message response was received.'), 'connection-lost', 'unknown'],
  ])('%s', (error, code, outcome) => {
    const failure = failureOf(error);
    expect(failureCode(failure)).toBe(code);
    expect(changeResult(openldap, { failure })).toEqual({ outcome, code });
  });

  test.each([
    [20, undefined, 'busy'],
    [122, undefined, { outcome: 'refused', reason: 'not-allowed', code: 'locked-by-admin' }],
    [19, 8, { outcome: 'refused', reason: 'in-history', code: 'ldap-19-8' }],
    [19, undefined, { outcome: 'refused', reason: 'too-weak', code: 'ldap-19' }],
    [8, undefined, { outcome: 'failed', code: 'needs-tls' }],
    [32, undefined, { outcome: 'failed', code: 'no-such-person' }],
    [51, undefined, { outcome: 'failed', code: 'busy' }],
    [52, undefined, { outcome: 'failed', code: 'unavailable' }],
    [10, undefined, { outcome: 'failed', code: 'referral' }],
    [80, undefined, { outcome: 'failed', code: 'ldap-80' }],
  ])('result %s with policy error %s', (code, policyError, expected) => {
    const failure = { kind: 'answered', code, message: '' } as const;
    expect(
      changeResult(openldap, { failure, ...(policyError === undefined ? {} : { policyError }) }),
    ).toEqual(expected);
  });

  test('no answer of any code is ever taken for success', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.option(fc.integer({ min: 0, max: 12 })),
        (code, policy) => {
          const failure = { kind: 'answered', code, message: '' } as const;
          const result = changeResult(openldap, {
            failure,
            ...(policy === null ? {} : { policyError: policy }),
          });
          expect(typeof result === 'string' ? result : result.outcome).not.toBe('applied');
          expect(boundAfter(openldap, { code, message: '' })).not.toBe('right');
        },
      ),
    );
  });
});

describe('whether a password counts', () => {
  const fine = { disabled: false, locked: false, lockedByAdmin: false };
  test.each([
    ['right', fine, 'ok'],
    ['wrong', fine, 'wrong'],
    ['expired', fine, 'expired'],
    ['right', undefined, 'wrong'],
    ['right', { ...fine, disabled: true }, 'disabled'],
    ['expired', { ...fine, disabled: true }, 'disabled'],
    ['right', { ...fine, locked: true, lockedByAdmin: true }, 'locked'],
    ['wrong', { ...fine, locked: true }, 'locked'],
    ['right', { ...fine, locked: true }, 'ok'],
  ] as const)('%s with %j is %s', (bound, state, expected) => {
    expect(verifyResult(bound, state)).toBe(expected);
  });
});

describe('small things', () => {
  test.each([
    ['fa', 'fa'],
    ['FA-ir', 'fa'],
    ['de, ar;q=0.3, ru;q=0.8', 'ru'],
    ['de', undefined],
    ['fa;q=0', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('the language of %j is %s', (text, expected) => {
    expect(preferredLang(text)).toBe(expected);
  });

  test('who is only similar is not meant, however generous the directory is', () => {
    const people = openldap.people('dc=example');
    const zoe = ldapEntry({
      dn: 'uid=zoë,dc=example',
      uid: 'zoë',
      mail: ['zoe@exämple.org', 'Z@example.org'],
    });
    expect(isReallyNamed(zoe, people, 'zoe')).toBe(false);
    expect(isReallyNamed(zoe, people, 'zoe@example.org')).toBe(false);
    expect(isReallyNamed(zoe, people, 'ZOË')).toBe(true);
    expect(isReallyNamed(zoe, people, 'z@example.org')).toBe(true);
  });

  test('an attribute called like a part of every object is nothing special', () => {
    const entry = ldapEntry({ dn: 'x=y', __proto__: 'a', constructor: 'b' } as never);
    expect(isReallyNamed(entry, { ...openldap.people(''), login: ['toString'], mail: [] }, 'x')).toBe(false);
  });

  test('Password Modify on the wire (RFC 3062)', () => {
    expect(passwordModifyValue('cn=a', 'p').toString('hex')).toBe('30098004636e3d61820170');
  });

  test('work for one person is done in turn, a failure does not stop the next', async () => {
    const oneAtATime = createOneAtATime();
    const seen: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(`${name} ends`);
      if (name === 'a1') throw new Error('a1 fails');
    };
    const results = await Promise.allSettled([
      oneAtATime('a', work('a1')),
      oneAtATime('a', work('a2')),
      oneAtATime('b', work('b1')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(seen.indexOf('a1 ends')).toBeLessThan(seen.indexOf('a2 begins'));
    expect(seen.indexOf('b1 begins')).toBeLessThan(seen.indexOf('a1 ends'));
  });

  test('at most so many at once, so many behind them, the rest at once not', async () => {
    const limit = createLimit({ most: 2, waiting: 3 });
    let running = 0;
    let most = 0;
    const work = async (): Promise<string> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return 'done';
    };
    const answers = await Promise.all(Array.from({ length: 8 }, () => limit(work)));
    expect(most).toBe(2);
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(5);
    expect(await limit(work)).toBe('done');
  });
});
