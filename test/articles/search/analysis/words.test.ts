import { describe, expect, it } from 'vitest';
import { MAX_WORD, wordsOf } from '../../../../src/articles/search/analysis/words.ts';

const HALF = '\u200c';

describe('words', () => {
  it.each([
    ['en', "The server didn't answer: error 0x80070005!", 'the server didn t answer error 0x80070005'],
    ['en', 'Wi-Fi / e-mail', 'wi fi e mail'],
    ['ru', 'Учётная запись (заблокирована)', 'учетная запись заблокирована'],
    ['ar', 'كلمة المرور، نسيتها؟', 'کلمه المرور نسیتها'],
    ['fa', `بزرگ${HALF}نمایی صفحه`, 'بزرگ نمایی صفحه'],
    ['fa', `پرونده${HALF}ها`, 'پروندهها'],
    ['fa', `کتاب${HALF}های${HALF}شان`, 'کتابهایشان'],
    ['fa', `می${HALF}کنید و نمی${HALF}شود`, 'میکنید و نمیشود'],
    ['fa', `${HALF}رمز${HALF}`, 'رمز'],
    ['en', '   ', ''],
    ['en', '', ''],
  ] as const)('%s: %s', (lang, text, words) => {
    expect(wordsOf(text, lang).join(' ')).toBe(words);
  });

  it('cuts what is too long to be a word', () => {
    expect(wordsOf('x'.repeat(500), 'en')).toEqual(['x'.repeat(MAX_WORD)]);
  });
});
