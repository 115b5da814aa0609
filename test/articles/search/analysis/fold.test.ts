import { describe, expect, it } from 'vitest';
import { fold } from '../../../../src/articles/search/analysis/fold.ts';

const SAME: readonly (readonly [rule: string, a: string, b: string])[] = [
  ['capital letters', 'PASSWORD', 'password'],
  ['fullwidth letters', 'Ｏｕｔｌｏｏｋ', 'outlook'],
  ['ligatures', 'ﬁle', 'file'],
  ['Latin accents', 'référence itém', 'reference item'],
  ['accents as marks of their own', 'itém', 'item'],
  ['capital I with a dot', 'İstanbul', 'istanbul'],
  ['soft hyphen', 'pass\u00adword', 'password'],
  ['zero-width space', 'pass\u200bword', 'password'],
  ['bidi marks', '\u200fرمز\u200e', 'رمز'],
  ['bidi isolates', '\u2066VPN\u2069', 'vpn'],
  ['ё and е', 'учётная', 'учетная'],
  ['Arabic kaf and Persian ke', 'كاربر', 'کاربر'],
  ['Arabic yeh and Persian ye', 'فايل', 'فایل'],
  ['alef maqsura', 'على', 'علی'],
  ['hamza on alef', 'أحدث', 'احدث'],
  ['hamza under alef', 'إصدار', 'اصدار'],
  ['alef with madda', 'آدرس', 'ادرس'],
  ['alef wasla', 'ٱسم', 'اسم'],
  ['teh marbuta', 'كلمة', 'كلمه'],
  ['hamza on waw', 'مسؤول', 'مسوول'],
  ['hamza on yeh', 'رسائل', 'رسایل'],
  ['hamza alone', 'بدء', 'بد'],
  ['harakat', 'مُعلَّقًا', 'معلقا'],
  ['tatweel', 'الـبـريد', 'البرید'],
  ['heh with hamza above', 'منطقهٔ', 'منطقه'],
  ['heh with yeh above as one letter', 'خانۀ', 'خانه'],
  ['Arabic presentation forms', 'ﻣﺮﺣﺒﺎ', 'مرحبا'],
  ['Arabic-Indic digits', '٣٦٥', '365'],
  ['Persian digits', '۳۶۵', '365'],
  ['fullwidth digits', '４０４', '404'],
];

const DIFFERENT: readonly (readonly [rule: string, a: string, b: string])[] = [
  ['и and й', 'мои', 'мой'],
  ['ш and щ', 'шит', 'щит'],
  ['the half-space', 'می\u200cروم', 'میروم'],
];

describe('fold', () => {
  it.each(SAME)('%s: "%s" is "%s"', (_, a, b) => {
    expect(fold(a)).toBe(fold(b));
  });

  it.each(DIFFERENT)('%s stay apart', (_, a, b) => {
    expect(fold(a)).not.toBe(fold(b));
  });

  it('turns punctuation into separators', () => {
    expect(fold('winmail.dat — "can\'t" (0x80070005)')).toBe('winmail dat    can t   0x80070005 ');
  });

  it('keeps newlines, one for one', () => {
    expect(fold('a\nﷺ\n\nb').split('\n')).toHaveLength(4);
  });

  it('is the same when done twice', () => {
    for (const [, a] of SAME) expect(fold(fold(a))).toBe(fold(a));
  });
});
