import lunr from 'lunr';
import russian from 'lunr-languages/lunr.ru.js';
import stemmerSupport from 'lunr-languages/lunr.stemmer.support.js';
import { describe, expect, it } from 'vitest';
import { analyserFor } from '../../../../src/articles/search/analysis/analyser.ts';
import { stemEn } from '../../../../src/articles/search/analysis/stem-en.ts';
import { stemRu } from '../../../../src/articles/search/analysis/stem-ru.ts';
import { wordsOf } from '../../../../src/articles/search/analysis/words.ts';
import type { Lang } from '../../../../src/lib/lang.ts';
import { STEMS_EN, STEMS_RU } from './stem-words.ts';

stemmerSupport(lunr);
russian(lunr);
type TokenStemmer = (token: lunr.Token) => lunr.Token;
const lunrStemmer = lunr.stemmer as unknown as TokenStemmer;
const lunrRussian = (lunr as unknown as { ru: { stemmer: TokenStemmer } }).ru.stemmer;

describe('the English and Russian stemmers are those of lunr', () => {
  it.each(wordsOf(STEMS_EN, 'en'))('%s', (word) => {
    expect(stemEn(word)).toBe(lunrStemmer(new lunr.Token(word, {})).toString());
  });

  it.each(wordsOf(STEMS_RU, 'ru'))('%s', (word) => {
    expect(stemRu(word)).toBe(lunrRussian(new lunr.Token(word, {})).toString());
  });
});

/** Each row: forms that must meet. */
const MEET: Readonly<Record<Lang, readonly string[]>> = {
  en: ['password passwords', 'print printing prints printed', 'connect connection connecting connected'],
  ru: ['пароль пароля паролем пароли', 'принтер принтеры принтера', 'сбросить сбросил сбросила'],
  fa: [
    'رمز رمزها رمزهای رمز\u200cها رمزهایم رمزهایتان',
    'پرونده پرونده\u200cها پرونده\u200cهای پرونده\u200cهایی',
    'بزرگ بزرگتر بزرگ\u200cترین',
    'چاپگر چاپگری چاپگرتان چاپگرهایشان',
    'کنید می\u200cکنید نمی\u200cکنید',
  ],
  ar: [
    'طابعة الطابعة والطابعة للطابعة بالطابعة طابعات',
    'مستخدم المستخدم المستخدمين مستخدمون للمستخدم',
    'شبكة الشبكة شبكات والشبكات',
    'ملف الملف ملفه ملفي ملفها',
  ],
};

/** Each row: words that must not meet. */
const APART: Readonly<Record<Lang, readonly string[]>> = {
  en: ['policy police', 'user us'],
  ru: ['пара пароль', 'сетка сеть'],
  fa: ['ماه مار', 'پا پاک', 'ران روان'],
  ar: ['مكتب كاتب', 'ولد لد', 'حاسوب حساب'],
};

describe('stemming', () => {
  for (const lang of ['en', 'ru', 'fa', 'ar'] as const) {
    const { stem } = analyserFor(lang);
    it.each(MEET[lang])(`${lang}: %s meet`, (row) => {
      expect(
        new Set(
          row
            .split(' ')
            .flatMap((form) => wordsOf(form, lang))
            .map(stem),
        ).size,
      ).toBe(1);
    });
    it.each(APART[lang])(`${lang}: %s stay apart`, (row) => {
      const words = wordsOf(row, lang);
      expect(new Set(words.map(stem)).size).toBe(words.length);
    });
  }

  it('leaves codes and names alone', () => {
    for (const word of ['0x80070005', 'eth0', 'kb5034441', '404']) expect(stemEn(word)).toBe(word);
  });

  it('stems English words inside other languages as English', () => {
    for (const lang of ['ru', 'fa', 'ar'] as const) expect(analyserFor(lang).stem('settings')).toBe('set');
  });
});
