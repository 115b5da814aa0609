import { describe, expect, it } from 'vitest';
import { otherKeyboards } from '../../../src/articles/search/keyboard.ts';

describe('other keyboards', () => {
  it.each([
    ['ru', 'ghbdtn', 'привет'],
    ['ru', 'Gfhjkm', 'Пароль'],
    ['ru', 'j,yjdktybt gj', 'обновление по'],
    ['ru', 'ex`nyfz', 'учётная'],
    ['ru', 'щгедщщл', 'outlook'],
    ['fa', 'vlc ufnv', 'رمز عبدر'],
    ['fa', 'Hkghdk', 'آنلاین'],
    ['fa', 'Cvt', 'ژرف'],
    ['ar', ';glm hglv,v', 'كلمة المرور'],
    ['ar', 'hgYw]hv', 'الإصدار'],
    ['ar', 'bhpdm', 'لااحية'],
    ['en', 'зфыыцщкв', 'password'],
    ['en', 'حشسسصخقی', 'password'],
    ['en', 'حشسسصخقي', 'password'],
  ] as const)('%s: %s gives %s', (lang, typed, meant) => {
    expect(otherKeyboards(typed, lang)).toContain(meant);
  });

  it('offers nothing for Latin letters in English', () => {
    expect(otherKeyboards('password', 'en')).toEqual([]);
  });
});
