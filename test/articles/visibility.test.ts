import { describe, expect, test } from 'vitest';
import { isVisible } from '../../src/articles/visibility.ts';
import { ANONYMOUS, type Role, type Who } from '../../src/lib/who.ts';
import { sampleArticle } from './sample-article.ts';

const person = (...roles: Role[]): Who => ({
  kind: 'person',
  id: 'p',
  login: 'p',
  name: 'P',
  email: 'p@example.org',
  lang: 'en',
  roles,
  teams: [],
});
const readers = {
  anonymous: ANONYMOUS,
  staff: person('staff'),
  agent: person('agent-l1'),
  editor: person('editor'),
  admin: person('admin'),
};
const see = (more: Parameters<typeof sampleArticle>[2]) =>
  Object.entries(readers)
    .filter(([, who]) => isVisible(sampleArticle('a/b', 'en', more), who, 1_000))
    .map(([name]) => name);

describe('who sees what', () => {
  test.each([
    [{ audience: 'public' }, ['anonymous', 'staff', 'agent', 'editor', 'admin']],
    [{ audience: 'staff' }, ['staff', 'agent', 'editor', 'admin']],
    [{ audience: 'agents' }, ['agent', 'editor', 'admin']],
    [{ status: 'draft' }, ['editor', 'admin']],
    [{ status: 'review', audience: 'agents' }, ['editor', 'admin']],
    [{ status: 'archived' }, []],
    [{ publishAt: 1_001 }, ['editor', 'admin']],
    [{ publishAt: 1_000 }, ['anonymous', 'staff', 'agent', 'editor', 'admin']],
  ] as const)('%j: %j', (more, expected) => {
    expect(see(more)).toEqual(expected);
  });
});
