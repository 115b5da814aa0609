import { describe, expect, test } from 'vitest';
import { checkReferences } from '../../src/articles/check-references.ts';
import { outlineOf } from '../../src/articles/outline-of.ts';
import type { Article } from '../../src/articles/schema.ts';
import { shelve } from '../../src/articles/shelf.ts';
import { describeProblem } from '../../src/lib/problem.ts';
import { sampleArticle } from './sample-article.ts';

const category = { id: 'a', title: 'A', summary: 'S' };
const check = (articles: readonly Article[], services: readonly string[] = ['mail', 'vpn']) =>
  checkReferences(shelve({ articles, categories: { en: [category], fa: [category] }, synonyms: {} }), {
    fixes: ['reset-password'],
    services,
    outlineOf,
    fileExists: (_article, name) => name === 'there.png',
  }).map(describeProblem);

describe('references between files', () => {
  test('that are all right are not mentioned', () => {
    const body = '[two](two.md#end)\n\n::fix{id=reset-password}\n\n::status{service=vpn}\n\n![x](there.png)';
    const one = sampleArticle('a/one', 'en', {
      body,
      related: ['a/two'],
      service: 'vpn',
      fixes: ['reset-password'],
    });
    expect(check([one, sampleArticle('a/two', 'en', { body: '## End' })])).toEqual([]);
  });

  test.each([
    [
      'a link to nothing',
      { body: '\n\n[x](tow.md)' },
      ':11: the link leads to a/tow, which does not exist. Did you mean "a/two"?',
    ],
    [
      'a heading that is not there',
      { body: '[x](two.md#ende)' },
      ':9: a/two has no heading #ende. Did you mean "end"?',
    ],
    [
      'an unknown fix',
      { fixes: ['reset-pasword'] },
      ':1 fixes: there is no fix reset-pasword. Did you mean "reset-password"?',
    ],
    ['an unknown fix in the text', { body: '::fix{id=x}' }, 'there is no fix x'],
    ['an unknown service', { service: 'vpm' }, ':1 service: there is no service vpm. Did you mean "vpn"?'],
    ['an unknown service in the text', { body: '::status{service=mial}' }, 'Did you mean "mail"?'],
    [
      'a related article that is not there',
      { related: ['a/tvo'] },
      ':1 related: there is no article a/tvo. Did you mean "a/two"?',
    ],
    [
      'a file that is not there',
      { body: '![x](gone.png)' },
      ':9: there is no file gone.png beside the article',
    ],
    [
      'a source that is not there',
      { translationOf: { lang: 'fa', hash: '000000000000' } },
      'there is no fa article a/one',
    ],
    [
      'itself as a source',
      { translationOf: { lang: 'en', hash: '000000000000' } },
      'no translation of itself',
    ],
  ] as const)('%s', (_name, more, expected) => {
    const articles = [
      sampleArticle('a/one', 'en', more as Partial<Article>),
      sampleArticle('a/two', 'en', { body: '## End' }),
    ];
    expect(check(articles).join('\n')).toContain(expected);
  });

  test('a category without a name is told', () => {
    expect(check([sampleArticle('b/one', 'en')])[0]).toContain(
      'the category b is not in content/en/categories.yaml',
    );
  });

  test('a link to an article that exists only in another language is fine', () => {
    expect(
      check([sampleArticle('a/one', 'en', { body: '[x](two.md)' }), sampleArticle('a/two', 'fa')]),
    ).toEqual([]);
  });

  test('nothing is said about services while nobody knows them', () => {
    expect(check([sampleArticle('a/one', 'en', { service: 'vpm' })], [])).toEqual([]);
  });
});
