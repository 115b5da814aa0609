import { describe, expect, test } from 'vitest';
import { createHelpSearch, type HelpSearchDeps } from '../../src/help/search.ts';
import { coverage, type FoundArticle, matchFixes, matchIncidents } from '../../src/help/search-match.ts';
import { searchRoutes } from '../../src/help/search-routes.ts';
import type { Lang } from '../../src/lib/lang.ts';
import { InvalidInput, newRouter } from '../../src/lib/router.ts';
import { ANONYMOUS } from '../../src/lib/who.ts';

const article = (id: string, more: Partial<FoundArticle> = {}): FoundArticle => ({
  id,
  url: `/en/articles/${id}/`,
  lang: 'en',
  title: id,
  summary: 'Summary.',
  category: 'a',
  fixes: [],
  audience: 'public',
  score: 1,
  terms: [],
  ...more,
});
const fix = (id: string, title: string, keywords: string[] = []) => ({
  id,
  url: `/en/fixes/${id}`,
  title,
  summary: 'Summary.',
  keywords,
});
const incident = (id: string, services: string[], title: string) => ({
  id,
  url: `/en/status/incidents/${id}`,
  title,
  services,
  serviceNames: services,
  since: 1,
});

describe('how much of a query a text meets', () => {
  test.each([
    ['reset my password', ['Reset the password'], 'en', 1],
    ['reset my printer', ['Reset the password'], 'en', 0.5],
    ['забыл пароли', ['Сброс пароля'], 'ru', 0.5],
    ['رمز عبور', ['بازنشانی رمز عبور'], 'fa', 1],
    ['the of and', ['the of and'], 'en', 0],
    ['', ['anything'], 'en', 0],
  ] as const)('%s in %j', (query, texts, lang, expected) => {
    expect(coverage(query, texts, lang as Lang)).toBeCloseTo(expected, 5);
  });
});

describe('fixes beside articles', () => {
  const fixes = [
    fix('reset-password', 'Reset a password', ['forgot password']),
    fix('unlock-account', 'Unlock an account'),
    fix('restart-vpn', 'Restart the VPN service'),
  ];
  const ids = (query: string, results: readonly FoundArticle[]) =>
    matchFixes({ lang: 'en', query, fixes, results }).map(({ id }) => id);

  test('that answer the words of the query come without any article', () => {
    expect(ids('reset my password', [])).toEqual(['reset-password']);
  });

  test('that the best article names come first', () => {
    const results = [article('a/locked', { fixes: ['unlock-account', 'reset-password'], score: 10 })];
    expect(ids('cannot get in', results)).toEqual(['unlock-account', 'reset-password']);
  });

  test('that only a far weaker article names do not come', () => {
    const results = [article('a/one', { score: 10 }), article('a/two', { score: 2, fixes: ['restart-vpn'] })];
    expect(ids('printer', results)).toEqual([]);
  });

  test('unknown to the catalogue are not offered', () => {
    expect(ids('printer', [article('a/one', { fixes: ['gone'] })])).toEqual([]);
  });
});

describe('incidents beside articles', () => {
  const incidents = [incident('1', ['mail'], 'Mail is slow'), incident('2', ['vpn'], 'VPN is down')];
  const ids = (query: string, results: readonly FoundArticle[]) =>
    matchIncidents({ lang: 'en', query, incidents, results }).map(({ id }) => id);

  test('come when the best article is about the same service', () => {
    expect(ids('outlook does not send', [article('a/outlook', { service: 'mail' })])).toEqual(['1']);
  });
  test('come by their own words', () => {
    expect(ids('vpn', [])).toEqual(['2']);
  });
  test('do not come for something else', () => {
    expect(ids('printer jam', [article('a/printer', { service: 'printing' })])).toEqual([]);
  });
});

describe('the search', () => {
  const asked: unknown[] = [];
  const deps: HelpSearchDeps = {
    articles: async (...args) => {
      asked.push(args);
      return { results: [article('a/one'), article('a/two')], didYouMean: 'password' };
    },
    fixes: () => [fix('reset-password', 'Reset a password')],
    incidents: async () => [],
  };
  const app = newRouter();
  app.use('*', async (c, next) => {
    c.set('who', ANONYMOUS);
    c.set('lang', 'fa');
    await next();
  });
  app.onError((error, c) => c.json({}, error instanceof InvalidInput ? 422 : 500));
  app.route('/', searchRoutes(createHelpSearch(deps)));

  test('answers as the contract says', async () => {
    const answer = await app.request('/search?q=pasword&lang=en&limit=1');
    expect(await answer.json()).toEqual({
      results: [
        {
          id: 'a/one',
          url: '/en/articles/a/one/',
          title: 'a/one',
          summary: 'Summary.',
          score: 1,
          category: 'a',
        },
      ],
      fixes: [],
      incidents: [],
      didYouMean: 'password',
    });
  });

  test('takes the language of the request when none is asked for', async () => {
    await app.request('/search?q=reset+password');
    expect(asked.at(-1)).toEqual(['fa', 'reset password', { limit: 10, who: ANONYMOUS }]);
  });

  test('of nothing asks nobody', async () => {
    const before = asked.length;
    expect(await (await app.request('/search?q=++')).json()).toEqual({
      results: [],
      fixes: [],
      incidents: [],
    });
    expect(asked.length).toBe(before);
  });

  test.each(['lang=de', 'limit=0', 'limit=51', 'limit=x', `q=${'x'.repeat(301)}`])(
    'refuses %s',
    async (query) => {
      expect((await app.request(`/search?${query}`)).status).toBe(422);
    },
  );
});
