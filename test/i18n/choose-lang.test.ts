import { describe, expect, test } from 'vitest';
import { chooseLang } from '../../src/i18n/choose-lang.ts';
import { LANGS } from '../../src/lib/lang.ts';

describe('the language of a request', () => {
  test.each([
    ['the path wins', { path: '/fa/status', query: 'ru', cookie: 'ar', acceptLanguage: 'en' }, 'fa'],
    ['then the query', { path: '/api/v1/search', query: 'ru', cookie: 'ar' }, 'ru'],
    ['then the cookie', { path: '/', cookie: 'ar', acceptLanguage: 'ru' }, 'ar'],
    ['then the browser, by weight', { path: '/', acceptLanguage: 'de, en;q=0.5, fa-IR;q=0.9' }, 'fa'],
    ['a refused language is not taken', { path: '/', acceptLanguage: 'ru;q=0' }, 'en'],
    ['else the default', { path: '/', acceptLanguage: 'de' }, 'en'],
    ['a language that does not exist is ignored', { path: '/de/', query: 'xx', cookie: '../' }, 'en'],
    ['a folder that only begins like a language is none', { path: '/arts/' }, 'en'],
  ])('%s', (_name, asked, expected) => {
    expect(chooseLang(asked, LANGS, 'en')).toBe(expected);
  });

  test('only enabled languages are chosen', () => {
    expect(chooseLang({ path: '/ru/', acceptLanguage: 'ar' }, ['en', 'ar'], 'en')).toBe('ar');
  });

  test('a hostile header costs nothing', () => {
    expect(chooseLang({ acceptLanguage: ',;q='.repeat(100_000) }, LANGS, 'ru')).toBe('ru');
  });
});
