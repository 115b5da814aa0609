import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { openContentFolder } from '../../src/articles/content-folder.ts';
import { contentProblems } from '../../src/articles/content-problems.ts';
import { outlineOf } from '../../src/articles/outline-of.ts';
import { describeProblem } from '../../src/lib/problem.ts';
import { type TestContent, testContent } from './content.ts';

let content: TestContent;
afterEach(() => content.removeAll());

test('editors are told of everything at once: files, Markdown, references', () => {
  content = testContent();
  content.article('en/mail/broken', { status: 'publisht' });
  content.article('en/mail/odd', {}, '::::tipp\nText\n::::');
  content.article('en/mail/lost', {}, '[x](od.md)');
  content.article('en/mail/fine', {}, '[x](odd.md)');
  const folder = openContentFolder(content.dir, pino({ level: 'silent' }));
  const problems = contentProblems(folder, content.dir, { fixes: [], services: [], outlineOf });
  expect(problems.map(describeProblem).sort()).toEqual([
    'content/en/mail/broken.md:4 status: "publisht" is not one of draft, review, published, archived. Did you mean "published"?',
    'content/en/mail/lost.md:9: the link leads to mail/od, which does not exist. Did you mean "mail/odd"?',
    'content/en/mail/odd.md:9: unknown directive "tipp". Did you mean "tip"?',
  ]);
});
