import { join } from 'node:path';
import { pino } from 'pino';
import { openContentFolder } from '../articles/content-folder.ts';
import { contentProblems } from '../articles/content-problems.ts';
import { type Outline, outlineOf } from '../articles/outline-of.ts';
import type { Article } from '../articles/schema.ts';
import { readOrganisation } from '../config/config.ts';
import { createFixCatalogue } from '../fixes/catalogue.ts';
import { describeProblem, type Problem } from '../lib/problem.ts';
import { readServiceFiles } from '../monitors/read-service-files.ts';
import { secretsFrom } from '../monitors/secrets.ts';

interface Check {
  /** What is looked at, as the last line names it. */
  readonly name: string;
  run(root: string): Promise<readonly Problem[]>;
}

/** Everything that people write, one line each. */
const CHECKS: readonly Check[] = [
  { name: 'settings', run: async (root) => problemsOf(readOrganisation(root)) },
  {
    name: 'services',
    run: async (root) => problemsOf(readServiceFiles(root, secretsFrom(process.env))),
  },
  { name: 'articles', run: checkArticles },
];

const problemsOf = (result: {
  readonly ok: boolean;
  readonly problems?: readonly Problem[];
}): readonly Problem[] => (result.ok ? [] : (result.problems ?? []));

/** Front matter, Markdown, links; fixes and services are known only where their own files are in order. */
async function checkArticles(root: string): Promise<readonly Problem[]> {
  const content = join(root, 'content');
  const folder = openContentFolder(content, pino({ level: 'silent' }));
  const organisation = readOrganisation(root);
  const services = readServiceFiles(root, secretsFrom(process.env));
  const outlines = new Map<Article, Outline>();
  const problems = contentProblems(folder, content, {
    fixes: organisation.ok ? createFixCatalogue(organisation.value.fixes.enabled).ids() : [],
    services: services.ok ? [...services.catalogue.services.keys()] : [],
    outlineOf(article) {
      const outline = outlines.get(article) ?? outlineOf(article);
      outlines.set(article, outline);
      return outline;
    },
  });
  await folder.close();
  return problems;
}

/** `firstline check`: every mistake in settings, service files and articles; exit code 1 when there is one. */
export async function check(): Promise<void> {
  const root = process.env.FIRSTLINE_ROOT ?? '.';
  let count = 0;
  for (const { name, run } of CHECKS) {
    const problems = await run(root);
    for (const problem of problems) console.error(describeProblem(problem));
    console.log(`${name}: ${problems.length === 0 ? 'no mistakes' : `${problems.length} to mend`}`);
    count += problems.length;
  }
  if (count > 0) process.exitCode = 1;
}
