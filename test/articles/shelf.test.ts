import { describe, expect, test } from 'vitest';
import type { Article } from '../../src/articles/schema.ts';
import {
  findArticle,
  isOutdated,
  languagesOf,
  listArticles,
  nextPublishAt,
  shelve,
} from '../../src/articles/shelf.ts';
import { sampleArticle } from './sample-article.ts';

const shelfOf = (...articles: Article[]) => shelve({ articles, categories: {}, synonyms: {} });
const all = { order: ['en', 'fa', 'ar', 'ru'], visible: () => true } as const;

describe('the shelf', () => {
  const shelf = shelfOf(
    sampleArticle('a/one', 'en'),
    sampleArticle('a/one', 'ru'),
    sampleArticle('a/two', 'fa', { aliases: ['zwei', 'old/two'] }),
  );

  test('finds an article in the language that was asked for', () => {
    expect(findArticle(shelf, 'a/one', 'ru', all)).toMatchObject({
      article: { lang: 'ru' },
      isFallback: false,
    });
  });

  test('falls back to the first language that has it', () => {
    expect(findArticle(shelf, 'a/one', 'ar', all)).toMatchObject({
      article: { lang: 'en' },
      isFallback: true,
    });
    expect(findArticle(shelf, 'a/two', 'ar', all)).toMatchObject({
      article: { lang: 'fa' },
      isFallback: true,
    });
  });

  test('knows where old addresses moved to', () => {
    expect(findArticle(shelf, 'a/zwei', 'en', all)).toEqual({ kind: 'moved', id: 'a/two' });
    expect(findArticle(shelf, 'old/two', 'en', all)).toEqual({ kind: 'moved', id: 'a/two' });
    expect(findArticle(shelf, 'a/nothing', 'en', all)).toEqual({ kind: 'missing' });
  });

  test('does not fall back to what the reader may not see', () => {
    const visible = (article: Article) => article.lang !== 'en';
    expect(findArticle(shelf, 'a/one', 'ar', { ...all, visible })).toMatchObject({ article: { lang: 'ru' } });
    expect(findArticle(shelf, 'a/one', 'ar', { ...all, visible: () => false })).toEqual({ kind: 'missing' });
  });

  test('lists every article once', () => {
    expect(listArticles(shelf, 'ru', all).map(({ id, lang }) => `${id} ${lang}`)).toEqual([
      'a/one ru',
      'a/two fa',
    ]);
  });

  test('knows the languages of an article', () => {
    expect(languagesOf(shelf, 'a/one', () => true)).toEqual(['en', 'ru']);
  });
});

test('a translation is outdated once its source has another hash', () => {
  const source = sampleArticle('a/one', 'en', { hash: 'aaaaaaaaaaaa' });
  const made = (hash: string) => sampleArticle('a/one', 'ru', { translationOf: { lang: 'en', hash } });
  expect(isOutdated(shelfOf(source), made('aaaaaaaaaaaa'))).toBe(false);
  expect(isOutdated(shelfOf(source), made('bbbbbbbbbbbb'))).toBe(true);
  expect(isOutdated(shelfOf(), made('bbbbbbbbbbbb'))).toBe(false);
  expect(isOutdated(shelfOf(source), source)).toBe(false);
});

test('the next publication is the earliest that is still to come', () => {
  const shelf = shelfOf(
    sampleArticle('a/past', 'en', { publishAt: 5 }),
    sampleArticle('a/soon', 'en', { publishAt: 20 }),
    sampleArticle('a/later', 'fa', { publishAt: 30 }),
    sampleArticle('a/draft', 'fa', { publishAt: 12, status: 'draft' }),
  );
  expect(nextPublishAt(shelf, 10)).toBe(20);
  expect(nextPublishAt(shelf, 20)).toBe(30);
  expect(nextPublishAt(shelf, 30)).toBeUndefined();
});
