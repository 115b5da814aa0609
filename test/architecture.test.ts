import { describe, expect, test } from 'vitest';
import { allImports, importsOf, whyForbidden } from './support/imports.ts';

describe('the house', () => {
  test('every import points down, or sideways where design allows it', () => {
    const wrong = allImports().flatMap((one) => {
      const why = whyForbidden(one);
      return why ? [`${one.from} → ${one.to}: ${why}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  test('reads a good part of the source', () => {
    expect(allImports().length).toBeGreaterThan(50);
  });

  test.each([
    ['a feature imports another', 'recovery/run.ts', "import { a } from '../articles/list.ts';"],
    ['a feature imports the HTTP layer', 'tickets/run.ts', "import { a } from '../api/app.ts';"],
    ['lib imports the database', 'lib/x.ts', "import { a } from '../db/open.ts';"],
    ['the database imports a feature', 'db/open.ts', "export { a } from '../tickets/store.ts';"],
    [
      'a page imports a feature at run time',
      'site/pages/index.astro',
      "import { list } from '../../articles/list.ts';",
    ],
    ['a dynamic import points up', 'jobs/x.ts', "const x = await import('../main.ts');"],
    ['a feature talks to the queue library', 'tickets/run.ts', "import { PgBoss } from 'pg-boss';"],
    ['a feature opens SQLite by itself', 'access/run.ts', "import { DatabaseSync } from 'node:sqlite';"],
    [
      'a feature in many lines imports help',
      'fixes/run.ts',
      "import {\n  a,\n  b,\n} from '../help/gate.ts';",
    ],
  ])('would notice that %s', (_name, path, text) => {
    expect(importsOf(path, text).map(whyForbidden).filter(Boolean)).toHaveLength(1);
  });

  test.each([
    [
      'types of a feature in a page',
      'site/pages/index.astro',
      "import type { Article } from '../../articles/schema.ts';",
    ],
    ['monitors opening incidents', 'monitors/run.ts', "import { open } from '../incidents/open.ts';"],
    ['help asking a feature', 'help/gate.ts', "import { search } from '../articles/articles.ts';"],
    ['the queue using its library', 'jobs/pg-jobs.ts', "import { PgBoss } from 'pg-boss';"],
  ])('allows %s', (_name, path, text) => {
    expect(importsOf(path, text).map(whyForbidden).filter(Boolean)).toEqual([]);
  });
});
