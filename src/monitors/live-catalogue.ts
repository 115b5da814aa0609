import { join } from 'node:path';
import { watch } from 'chokidar';
import type { Logger } from 'pino';
import { describeProblem, type Problem } from '../lib/problem.ts';
import { type Catalogue, EMPTY_CATALOGUE } from './catalogue.ts';
import { readServiceFiles } from './read-service-files.ts';
import type { Secrets } from './secrets.ts';

/** The service files as they are now; a broken change leaves the last good ones in force and is told. */
export interface LiveCatalogue {
  current(): Catalogue;
  problems(): readonly Problem[];
  /** Called after each change that was taken over. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

interface Deps {
  readonly root: string;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly watchFiles: boolean;
}

const SETTLE_MS = 150;

export function openLiveCatalogue({ root, secrets, log, watchFiles }: Deps): LiveCatalogue {
  let catalogue = EMPTY_CATALOGUE;
  let problems: readonly Problem[] = [];
  const listeners: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;

  function read(): void {
    const result = readServiceFiles(root, secrets);
    if (result.ok) {
      catalogue = result.catalogue;
      problems = [];
      for (const listener of listeners) listener();
      return;
    }
    problems = result.problems;
    for (const problem of problems)
      log.error(
        { file: problem.file, line: problem.line },
        `monitors: the last good files stay in force: ${describeProblem(problem)}`,
      );
  }

  read();
  const watcher = watchFiles
    ? watch(join(root, 'monitors'), { ignoreInitial: true, depth: 0 }).on('all', () => {
        // An editor writes in several steps, a checkout many files: one reading for all of them.
        clearTimeout(timer);
        timer = setTimeout(read, SETTLE_MS);
      })
    : undefined;
  return {
    current: () => catalogue,
    problems: () => problems,
    onChange: (listener) => void listeners.push(listener),
    async close() {
      clearTimeout(timer);
      await watcher?.close();
    },
  };
}
