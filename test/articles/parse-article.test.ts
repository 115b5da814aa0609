import { describe, expect, test } from 'vitest';
import { bodyHash, parseArticle } from '../../src/articles/parse-article.ts';
import { describeProblem } from '../../src/lib/problem.ts';

const place = { lang: 'en', category: 'accounts', slug: 'a', file: 'content/en/accounts/a.md' } as const;
const head = 'title: "A"\nsummary: "B"\nstatus: published\nowner: ivan\naudience: public\n';
const article = (front: string, body = 'Text.') => `---\n${front}---\n\n${body}\n`;

const mistakes = (text: string) => {
  const parsed = parseArticle(place, text);
  return parsed.ok ? [] : parsed.problems.map(describeProblem);
};

describe('an article file', () => {
  test('is read with its front matter, body and the line on which the body begins', () => {
    const parsed = parseArticle(place, article(head));
    expect(parsed).toMatchObject({
      ok: true,
      article: { id: 'accounts/a', title: 'A', bodyOffset: 7, fixes: [], hash: bodyHash('Text.') },
    });
  });

  test('may come from Windows, with a byte order mark', () => {
    const text = `\uFEFF${article(head).replaceAll('\n', '\r\n')}`;
    expect(parseArticle(place, text)).toMatchObject({ ok: true, article: { hash: bodyHash('Text.') } });
  });

  test('keeps its hash when only blank lines around the body change', () => {
    expect(bodyHash('\n\nText.\n')).toBe(bodyHash('Text.'));
    expect(bodyHash('Text')).not.toBe(bodyHash('Text.'));
    expect(bodyHash('Text.')).toMatch(/^[0-9a-f]{12}$/);
  });

  test('reads a date and a time of publication as instants', () => {
    const at = (value: string) => {
      const parsed = parseArticle(place, article(`${head}publishAt: ${value}\n`));
      return parsed.ok ? parsed.article.publishAt : describeProblem(parsed.problems[0] as never);
    };
    expect(at('2026-11-22')).toBe(Date.UTC(2026, 10, 22));
    expect(at('2026-11-22T08:00:00+03:30')).toBe(Date.UTC(2026, 10, 22, 4, 30));
    expect(at('tomorrow')).toMatch(/^content\/en\/accounts\/a\.md:7 publishAt/);
  });
});

describe('a mistake in the front matter names file, line, key and what was meant', () => {
  test.each([
    ['misspelt key', `${head}keyword: [a]\n`, ':7 keyword: unknown key. Did you mean "keywords"?'],
    [
      'wrong audience',
      head.replace('audience: public', 'audience: staf'),
      ':6 audience: "staf" is not one of public, staff, agents. Did you mean "staff"?',
    ],
    ['missing title', head.replace('title: "A"\n', ''), ':2 title: missing key'],
    ['number for a word', `${head}keywords: [809]\n`, ':7 keywords[0]: expected string'],
    ['broken YAML', 'title: "A\n', ': not valid YAML'],
    ['hash that is none', `${head}translationOf: {lang: en, hash: abc}\n`, ':7 translationOf.hash'],
  ])('%s', (_name, front, expected) => {
    expect(mistakes(article(front)).join('\n')).toContain(expected);
  });

  test.each([
    ['no front matter at all', '# Title\n', 'expected front matter'],
    ['no end of it', `---\n${head}\nText`, 'expected front matter'],
    ['no text', `---\n${head}---\n  \n`, 'no text below'],
    ['a file far too large', article(head, 'x'.repeat(200_001)), 'longer than'],
  ])('%s', (_name, text, expected) => {
    expect(mistakes(text).join('\n')).toContain(expected);
  });
});
