import { join } from 'node:path';
import { pino } from 'pino';
import { openContentFolder } from '../articles/content-folder.ts';
import { readOrganisation } from '../config/config.ts';
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

async function checkArticles(root: string): Promise<readonly Problem[]> {
  const folder = openContentFolder(join(root, 'content'), pino({ level: 'silent' }));
  const problems = folder.problems();
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
