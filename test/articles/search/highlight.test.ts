import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlight } from '../../../src/articles/search/highlight.ts';
import { LANGS, type Lang } from '../../../src/lib/lang.ts';

const marked = (text: string, terms: readonly string[], lang: Lang) =>
  highlight(text, terms, lang)
    .map(({ text: piece, isMatch }) => (isMatch ? `[${piece}]` : piece))
    .join('');

describe('highlight', () => {
  it.each([
    ['en', 'Reset your password', ['passwords'], 'Reset your [password]'],
    ['en', 'Résumé & <b>CV</b>', ['resume', 'cv'], '[Résumé] & <b>[CV]</b>'],
    ['en', 'What to do', ['to'], 'What to do'],
    ['ru', 'Учётная запись', ['учетной'], '[Учётная] запись'],
    ['ar', 'إعادة تعيين كلمة المرور', ['مرور'], 'إعادة تعيين كلمة [المرور]'],
    ['ar', 'الكَلِمَة', ['كلمه'], '[الكَلِمَة]'],
    ['fa', 'بازکردن پرونده\u200cها', ['پرونده'], 'بازکردن [پرونده\u200cها]'],
    ['fa', 'كاربران', ['کاربر'], '[كاربران]'],
    ['en', '', ['x'], ''],
    ['en', 'nothing', [], 'nothing'],
  ] as const)('%s: %s', (lang, text, terms, expected) => {
    expect(marked(text, terms, lang)).toBe(expected);
  });

  it('never changes the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.string()),
        fc.constantFrom(...LANGS),
        (text, terms, lang) => {
          const segments = highlight(text, terms, lang);
          expect(segments.map((segment) => segment.text).join('')).toBe(text);
        },
      ),
    );
  });
});
