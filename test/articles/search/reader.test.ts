import { describe, expect, it } from 'vitest';
import { buildIndex } from '../../../src/articles/search/build-index.ts';
import { DamagedIndexError } from '../../../src/articles/search/damaged-index-error.ts';
import { openReader } from '../../../src/articles/search/reader.ts';
import type { Lang } from '../../../src/lib/lang.ts';
import { SAMPLE, sampleReader } from './sample-docs.ts';

/** What a person types -> the article that must come first. */
const FIRST: Readonly<Record<Lang, readonly (readonly [query: string, id: string])[]>> = {
  en: [
    ['reset password', 'accounts/reset-password'],
    ['resetting passwords', 'accounts/reset-password'],
    ['pasword reset', 'accounts/reset-password'],
    ['reset passw', 'accounts/reset-password'],
    ['RESET PASSWORD', 'accounts/reset-password'],
    ['forgot my passcode', 'accounts/reset-password'],
    ['зфыыцщкв', 'accounts/reset-password'],
    ['account is locked', 'accounts/locked'],
    ['mfa', 'accounts/second-factor'],
    ['0x80070005', 'network/vpn'],
    ['error 0x80070005', 'network/vpn'],
    ['wifi', 'network/wifi'],
    ['out of office', 'mail/replies'],
    ['why accounts lock', 'accounts/locked'],
    ['too many shared folders', 'mail/outlook-slow'],
    ['щгедщщл', 'mail/outlook-slow'],
    ['paper stuck', 'printing/jam'],
  ],
  ru: [
    ['сброс пароля', 'accounts/reset-password'],
    ['забыл пароль', 'accounts/reset-password'],
    ['c,hjc gfhjkz', 'accounts/reset-password'],
    ['учетная запись', 'accounts/locked'],
    ['заблокировали аккаунт', 'accounts/locked'],
    ['аутлук на смартфоне', 'mail/outlook'],
    ['впн', 'network/vpn'],
    ['прнтер', 'printing/jam'],
    ['зажев', 'printing/jam'],
  ],
  fa: [
    ['بازنشانی گذرواژه', 'accounts/reset-password'],
    ['فراموشی رمز عبور', 'accounts/reset-password'],
    ['fhckahkd', 'accounts/reset-password'],
    ['حساب قفل شده', 'accounts/locked'],
    ['حساب‌های قفل', 'accounts/locked'],
    ['بزرگ نمایی', 'screen/zoom'],
    ['بزرگنمایی', 'screen/zoom'],
    ['چاپگرها', 'printing/jam'],
    ['پرینتر', 'printing/jam'],
    ['vpn', 'network/vpn'],
    ['كاغذ', 'printing/jam'],
  ],
  ar: [
    ['كلمة المرور', 'accounts/reset-password'],
    ['كلمه مرور', 'accounts/reset-password'],
    ['نسيت كلمة السر', 'accounts/reset-password'],
    [';glm hglv,v', 'accounts/reset-password'],
    ['حسابي مقفل', 'accounts/locked'],
    ['أوتلوك', 'mail/outlook'],
    ['طابعات', 'printing/jam'],
    ['الإتصال', 'network/vpn'],
    ['مُقفَل', 'accounts/locked'],
  ],
};

for (const lang of ['en', 'ru', 'fa', 'ar'] as const) {
  describe(`search in ${lang}`, () => {
    const reader = sampleReader(lang);
    it.each(FIRST[lang])('%s finds %s', (query, id) => {
      expect(reader.search(query, 5)[0]?.id).toBe(id);
    });

    it('finds every article by its title, with the first tier alone as well', () => {
      for (const { id, title } of SAMPLE[lang]) {
        expect(sampleReader(lang, 1).search(title, 1)[0]?.id).toBe(id);
        expect(reader.search(title, 1)[0]?.id).toBe(id);
      }
    });
  });
}

describe('hits', () => {
  it('carry what a result shows', () => {
    const [hit] = sampleReader('en').search('passwords', 1);
    expect(hit).toMatchObject({
      id: 'accounts/reset-password',
      title: 'Reset your password',
      category: 'accounts',
      terms: ['password'],
    });
    expect(hit?.score).toBeGreaterThan(0);
  });

  it('come in order and no more than asked for', () => {
    const hits = sampleReader('en').search('connect network account', 3);
    expect(hits).toHaveLength(3);
    expect(hits.map((hit) => hit.score)).toEqual(hits.map((hit) => hit.score).sort((a, b) => b - a));
  });

  it('are none for words that nobody wrote', () => {
    expect(sampleReader('en').search('zzzzqqqq xxyyxx', 5)).toEqual([]);
  });

  it('find body words only when the second tier has come', () => {
    expect(sampleReader('en', 1).search('gently', 5)).toEqual([]);
    expect(sampleReader('en', 2).search('gently', 5)[0]?.id).toBe('printing/jam');
  });

  it('come first for a whole keyword of theirs, before titles that hold some of its words', () => {
    const forgotten = {
      id: 'a/reset',
      title: 'Reset access',
      headings: [],
      keywords: ['forgot password'],
      body: '',
    };
    const other = {
      id: 'a/choose',
      title: 'A password you never forget',
      headings: [],
      keywords: [],
      body: '',
    };
    const { t0, t1 } = buildIndex([...SAMPLE.en, forgotten, other], 'en');
    const reader = openReader(t0);
    reader.addBody(t1);
    expect(reader.search('forgot password', 1)[0]?.id).toBe('a/reset');
  });

  it("use the organisation's own synonyms", () => {
    const own = buildIndex(SAMPLE.en, 'en', { synonyms: [['grumblebox', 'printer jam', 'paper jam']] });
    const reader = openReader(own.t0);
    expect(reader.search('grumblebox', 1)[0]?.id).toBe('printing/jam');
  });
});

describe('did you mean', () => {
  it.each([
    ['en', 'unlok my acount', 'unlock my account'],
    ['en', 'reset password', undefined],
    ['en', 'reset passw', undefined],
    ['en', '', undefined],
    ['ru', 'c,hjc gfhjkz', 'сброс пароля'],
    ['ru', 'сбро пороля', 'сбро пароля'],
    ['ar', 'كلمه المرورر', 'كلمه المرور'],
    ['ar', 'الحصاب', 'الحساب'],
  ] as const)('%s: %s -> %s', (lang, query, expected) => {
    expect(sampleReader(lang).suggest(query)).toBe(expected);
  });
});

describe('an index', () => {
  it('is the same bytes for the same articles in any order', () => {
    const forward = buildIndex(SAMPLE.fa, 'fa');
    const backward = buildIndex([...SAMPLE.fa].reverse(), 'fa');
    expect(backward).toEqual(forward);
  });

  it('may be empty', () => {
    const { t0, t1 } = buildIndex([], 'en');
    const reader = openReader(t0);
    reader.addBody(t1);
    expect(reader.size).toBe(0);
    expect(reader.search('password', 5)).toEqual([]);
    expect(reader.suggest('password')).toBeUndefined();
  });

  it('refuses a body of another build and goes on with the titles', () => {
    const reader = sampleReader('en', 1);
    const other = buildIndex(SAMPLE.en.slice(1), 'en');
    expect(() => reader.addBody(other.t1)).toThrow(DamagedIndexError);
    expect(() => reader.addBody(new Uint8Array(3))).toThrow(DamagedIndexError);
    expect(reader.search('vpn', 1)[0]?.id).toBe('network/vpn');
  });

  it('refuses anything that is not a first tier', () => {
    const { t0, t1 } = buildIndex(SAMPLE.en, 'en');
    for (const bytes of [
      t1,
      t0.slice(0, -1),
      new Uint8Array(0),
      new TextEncoder().encode('<!doctype html>'),
    ]) {
      expect(() => openReader(bytes)).toThrow(DamagedIndexError);
    }
  });
});
