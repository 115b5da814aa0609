import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eligibility } from '../../src/recovery/eligible.ts';
import { waitFor } from '../../src/recovery/limits.ts';
import { normalisePassword, passwordRefusal } from '../../src/recovery/password-rules.ts';
import { maskMail, newCode, readCode, showCode } from '../../src/recovery/secrets.ts';

const context = {
  minLength: 12,
  names: ['alex', 'Alex Sampleton', 'Example Organisation', 'سازمان نمونه', 'firstline', 'Li'],
};

describe('a new password (ASVS 6.2)', () => {
  test.each([
    ['eleven char', 'too-short'],
    ['twelve chars', undefined],
    ['💧'.repeat(11), 'too-short'],
    ['💧🌊🚲🍋🎈🌵🐚🧭🪁🎻🏔🛶', undefined],
    [`${'correct horse '.repeat(18)}abcd`, undefined],
    [`${'correct horse '.repeat(18)}abcde`, 'too-long'],
    ['tab\there and there', 'control-characters'],
    ['null\u0000byte inside', 'control-characters'],
    ['half \ud83d surrogate here', 'control-characters'],
    ['password1234', 'common'],
    ['PassWord!!!!', 'common'],
    ['qwertyuiop12', 'common'],
    ['abcdefghijkl', 'common'],
    ['lkjihgfedcba', 'common'],
    ['aaaaaaaaaaaa', 'common'],
    ['abcabcabcabc', 'common'],
    ['123456789012', 'common'],
    ['1qaz2wsx3edc', 'common'],
    ['dragondragon', 'common'],
    ['йцукенгшщзхъ', 'common'],
    ['            ', 'common'],
    ['Alex in the mountains', 'contains-name'],
    ['sampleton2026 forever', 'contains-name'],
    ['f-i-r-s-t-l-i-n-e forever', 'contains-name'],
    ['رمز سازمان نمونه است', 'contains-name'],
    ['believe in a lion', undefined],
    ['four words in a row', undefined],
    ['چهار واژهٔ بی‌ربط', undefined],
    ['четыре слова подряд', undefined],
    ['  blanks at both ends  ', undefined],
  ])('%j: %s', (password, expected) => {
    expect(passwordRefusal(password, context)).toBe(expected);
  });

  test('is the same however it was composed, and otherwise untouched', () => {
    expect(normalisePassword('cafe\u0301 au lait  ')).toBe('caf\u00e9 au lait  ');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(normalisePassword(text.normalize('NFD'))).toBe(normalisePassword(text));
      }),
    );
  });
});

describe('a code', () => {
  test('is read back from every way to type it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const code = newCode(() => Buffer.from(bytes));
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
        const ways = [
          showCode(code),
          code.toLowerCase(),
          ` ${code.slice(0, 4)} – ${code.slice(4)} `,
          code.replaceAll('0', 'O').replaceAll('1', 'l'),
          code.replace(/\d/g, (d) => String.fromCharCode(0x6f0 + Number(d))),
          code.replace(/\d/g, (d) => String.fromCharCode(0x660 + Number(d))),
          code.replace(/./g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
          `\u200f${code}\u200e`,
        ];
        for (const way of ways) expect(readCode(way), way).toBe(code);
      }),
    );
  });

  test('uses all 32 characters evenly', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 4_000; i++) for (const c of newCode()) counts.set(c, (counts.get(c) ?? 0) + 1);
    expect(counts.size).toBe(32);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  });

  test('addresses are masked', () => {
    expect(maskMail('alex@example.org')).toBe('a•••@example.org');
    expect(maskMail('nonsense')).toBe('•••');
  });
});

describe('limits', () => {
  const limit = { key: 'k', most: 3, windowMs: 1_000 };
  test.each([
    [[], 0, undefined],
    [[0, 1], 10, undefined],
    [[0, 1, 2], 10, 990],
    [[0, 1, 2], 1_000, undefined],
    [[0, 500, 600, 900], 1_000, 500],
  ])('hits at %j, now %i: wait %s', (hits, now, expected) => {
    expect(waitFor(limit, hits, now)).toBe(expected);
  });

  test('after the wait there is room, and a moment before there is not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 12 }), (hits) => {
        const now = Math.max(0, ...hits);
        const wait = waitFor(limit, hits, now);
        if (wait === undefined) return;
        expect(wait).toBeGreaterThan(0);
        expect(waitFor(limit, hits, now + wait)).toBeUndefined();
        expect(waitFor(limit, hits, now + wait - 1)).toBeDefined();
      }),
    );
  });
});

describe('who may recover by themselves', () => {
  const person = {
    id: '1',
    login: 'a',
    name: 'A',
    mails: ['a@x', 'B@x'],
    disabled: false,
    locked: false,
    lockedByAdmin: false,
    privileged: false,
  };
  test.each([
    ['nobody', [], 'unknown'],
    ['two', [person, person], 'ambiguous'],
    ['a disabled one', [{ ...person, disabled: true }], 'disabled'],
    ['one an admin locked', [{ ...person, locked: true, lockedByAdmin: true }], 'locked-by-admin'],
    ['a privileged one', [{ ...person, privileged: true }], 'privileged'],
    ['one without mail', [{ ...person, mails: [] }], 'no-contact'],
  ] as const)('not %s', (_who, found, reason) => {
    expect(eligibility(found, 'a')).toMatchObject({ eligible: false, reason });
  });

  test.each([
    ['a', 'a@x'],
    ['b@X', 'B@x'],
    ['c@x', 'a@x'],
  ])('who typed %s gets the mail at %s', (typed, to) => {
    expect(eligibility([{ ...person, locked: true }], typed)).toMatchObject({ eligible: true, to });
  });
});
