import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LANGS } from '../lib/lang.ts';
import type { Problem } from '../lib/problem.ts';
import { checkReferences, type Known } from './check-references.ts';
import type { ContentFolder } from './content-folder.ts';

/** Everything that editors should mend: broken files, Markdown that is not shown as written, links to nothing. */
export function contentProblems(
  folder: ContentFolder,
  contentDir: string,
  known: Omit<Known, 'fileExists'>,
): readonly Problem[] {
  const shelf = folder.shelf();
  const articles = LANGS.flatMap((lang) => [...shelf.articles[lang].values()]);
  const inside = articles.flatMap((article) => known.outlineOf(article)?.problems ?? []);
  const references = checkReferences(shelf, {
    ...known,
    fileExists: ({ lang, category }, name) => existsSync(join(contentDir, lang, category, name)),
  });
  return [...folder.problems(), ...inside, ...references];
}
