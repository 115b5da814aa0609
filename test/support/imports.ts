import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const SRC = join(import.meta.dirname, '../../src');

/** Folders of src/ by the level they stand on; an import may only point down. */
const LEVELS: Readonly<Record<string, number>> = {
  'main.ts': 7,
  // Parts of the composition root, in the order in which they stand on each other.
  'surface.ts': 6.9,
  'features.ts': 6.8,
  'core.ts': 6.5,
  'listen.ts': 6.5,
  cli: 7,
  api: 6,
  site: 6,
  help: 5,
  articles: 4,
  monitors: 4,
  incidents: 4,
  fixes: 4,
  recovery: 4,
  tickets: 4,
  access: 4,
  jobs: 3,
  notify: 3,
  directory: 3,
  config: 2,
  db: 2,
  i18n: 2,
  lib: 1,
};

/** Sideways, and nothing else. */
const SIDEWAYS = new Set([
  'cli→main.ts',
  'monitors→incidents',
  'monitors→fixes',
  'monitors→tickets',
  'fixes→tickets',
  'recovery→tickets',
  'notify→jobs',
]);

/** The only files that may import these packages, as folders or files below src/. */
const KEEPERS: Readonly<Record<string, readonly string[]>> = {
  'node-cron': ['jobs/'],
  'pg-boss': ['jobs/'],
  'node:sqlite': ['db/'],
  // A monitor speaks to somebody else's database as any client does, and never to ours.
  pg: ['db/', 'jobs/', 'monitors/kinds/'],
  mysql2: ['monitors/kinds/'],
  'better-auth': ['access/'],
  nodemailer: ['notify/'],
  // A monitor asks whether a directory answers; who the people are is not its business.
  ldapts: ['directory/', 'monitors/kinds/'],
  ws: ['monitors/kinds/'],
};

export interface Import {
  /** Path below src/, with slashes. */
  readonly from: string;
  /** Path below src/ for our own files, the bare name for packages. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const room = (path: string): string => path.split('/')[0] ?? '';

/** Undefined when the import is allowed, else why it is not. */
export function whyForbidden({ from, to, typeOnly }: Import): string | undefined {
  const own = to.includes('/') || to.endsWith('.ts') ? LEVELS[room(to)] : undefined;
  if (own === undefined) {
    const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] ?? to);
    const keepers = KEEPERS[name];
    if (!keepers || keepers.some((keeper) => from.startsWith(keeper))) return undefined;
    return `only ${keepers.join(', ')} may import ${name}`;
  }
  const a = room(from);
  const b = room(to);
  if (a === b) return undefined;
  const level = LEVELS[a];
  if (level === undefined) return `${a} has no place in the house`;
  if (a === 'site' && own === 4 && !typeOnly && !isBrowserModule(to))
    return 'a page imports no feature at run time';
  if (own < level) return undefined;
  // The shape of `Portal` and of page tags belongs to the pages; api hands both over and needs their types.
  if (a === 'api' && b === 'site' && typeOnly) return undefined;
  if (own === level && SIDEWAYS.has(`${a}→${b}`)) return undefined;
  return own === level
    ? `${a} may not import ${b}: they stand side by side`
    : `${a} may not import ${b}: that points up`;
}

/** The search engine is one module for browser and server, on purpose. */
const isBrowserModule = (path: string): boolean => path.startsWith('articles/search/');

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

export function importsOf(path: string, text: string): Import[] {
  const target = (specifier: string): string =>
    specifier.startsWith('.')
      ? relative(SRC, join(SRC, dirname(path), specifier)).replaceAll('\\', '/')
      : specifier;
  const found: Import[] = [];
  for (const match of text.matchAll(STATIC)) {
    found.push({
      from: path,
      to: target(match[2] ?? ''),
      typeOnly: match[1] !== undefined || onlyTypes(match[0]),
    });
  }
  for (const match of text.matchAll(DYNAMIC)) {
    const typeOnly = text.slice(Math.max(0, match.index - 12), match.index).includes(': ');
    found.push({ from: path, to: target(match[1] ?? ''), typeOnly });
  }
  return found;
}

/** `import { type A, type B } from …` brings nothing at run time. */
const onlyTypes = (statement: string): boolean => {
  const names = /\{([^}]*)\}/.exec(statement)?.[1];
  return names?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
};

export function allImports(): Import[] {
  return globSync('**/*.{ts,astro}', { cwd: SRC })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.endsWith('.d.ts'))
    .flatMap((path) => importsOf(path, readFileSync(join(SRC, path), 'utf8')));
}
