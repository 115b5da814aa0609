import { globSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Logger } from 'pino';
import { checkedYaml } from '../lib/checked-yaml.ts';
import { isLang, LANGS, type Lang } from '../lib/lang.ts';
import { nearest } from '../lib/nearest.ts';
import { describeProblem, type Problem } from '../lib/problem.ts';
import { parseArticle } from './parse-article.ts';
import { type Article, type Category, categoriesSchema, synonymsSchema } from './schema.ts';
import { type Shelf, shelve } from './shelf.ts';

export interface ContentFolder {
  shelf(): Shelf;
  /** Mistakes in the files as they are now; a broken file's last good version stays on the shelf. */
  problems(): readonly Problem[];
  /** Begins to watch; `changed` is called after every change with the languages it touched. */
  watch(changed: (langs: readonly Lang[]) => void): Promise<void>;
  close(): Promise<void>;
}

/** Editors' programs write a file in several steps; what comes within this time is one change. */
const SETTLE_MS = 40;

type Place =
  | { readonly kind: 'article'; readonly lang: Lang; readonly category: string; readonly slug: string }
  | { readonly kind: 'categories' | 'synonyms'; readonly lang: Lang }
  | { readonly kind: 'misplaced'; readonly message: string; readonly suggestion?: string }
  | { readonly kind: 'other' };

/** What a path below content/ is. */
function placeOf(path: string): Place {
  const parts = path.split('/');
  const [lang = '', second = '', third = ''] = parts;
  if (!/\.(md|ya?ml)$/.test(path)) return { kind: 'other' };
  if (!isLang(lang)) {
    const suggestion = nearest(lang, LANGS);
    const message = `"${lang}" is not a language folder; known: ${LANGS.join(', ')}`;
    return { kind: 'misplaced', message, ...(suggestion ? { suggestion } : {}) };
  }
  if (second === 'categories.yaml') return { kind: 'categories', lang };
  if (second === 'synonyms.yaml') return { kind: 'synonyms', lang };
  const slug = third.replace(/\.md$/, '');
  const named = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  if (parts.length === 3 && third.endsWith('.md') && named.test(slug) && named.test(second))
    return { kind: 'article', lang, category: second, slug };
  return { kind: 'misplaced', message: 'expected content/<lang>/<category>/<slug>.md in lower-case letters' };
}

const misplaced = (
  file: string,
  { message, suggestion }: Extract<Place, { kind: 'misplaced' }>,
): Problem => ({
  file,
  line: 1,
  key: '',
  code: 'misplaced',
  message,
  ...(suggestion ? { suggestion } : {}),
});

/** Reads everything below `root` at once, then keeps up with changes. Never throws for what editors wrote. */
export function openContentFolder(root: string, log: Logger): ContentFolder {
  const articles = new Map<string, Article>();
  const categories: Partial<Record<Lang, readonly Category[]>> = {};
  const synonyms: Partial<Record<Lang, readonly (readonly string[])[]>> = {};
  const problems = new Map<string, readonly Problem[]>();
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;

  function remove(path: string, place: Place): void {
    problems.delete(path);
    if (place.kind === 'article') articles.delete(path);
    if (place.kind === 'categories') delete categories[place.lang];
    if (place.kind === 'synonyms') delete synonyms[place.lang];
  }

  /** Takes the file over, or returns what is wrong with it. */
  function take(path: string, place: Place, text: string): readonly Problem[] {
    const file = `content/${path}`;
    if (place.kind === 'misplaced') return [misplaced(file, place)];
    if (place.kind === 'article') {
      const parsed = parseArticle({ ...place, file }, text);
      if (!parsed.ok) return parsed.problems;
      articles.set(path, parsed.article);
    } else if (place.kind === 'categories') {
      const checked = checkedYaml(categoriesSchema, { file, text });
      if (!checked.ok) return checked.problems;
      categories[place.lang] = Object.entries(checked.value).map(([id, rest]) => ({ id, ...rest }));
    } else if (place.kind === 'synonyms') {
      const checked = checkedYaml(synonymsSchema, { file, text });
      if (!checked.ok) return checked.problems;
      synonyms[place.lang] = checked.value ?? [];
    }
    return [];
  }

  function read(path: string): Lang | undefined {
    const place = placeOf(path);
    if (place.kind === 'other') return undefined;
    let text: string | undefined;
    try {
      text = readFileSync(join(root, path), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        log.warn({ file: `content/${path}`, err: error }, 'articles: file cannot be read');
    }
    if (text === undefined) remove(path, place);
    else {
      const wrong = take(path, place, text);
      if (wrong.length === 0) problems.delete(path);
      else {
        problems.set(path, wrong);
        for (const problem of wrong) log.warn({ problem }, `articles: ${describeProblem(problem)}`);
      }
    }
    return 'lang' in place ? place.lang : undefined;
  }

  for (const path of globSync('**/*.{md,yaml,yml}', { cwd: root })) read(path.split(sep).join('/'));
  const shelfOf = () => shelve({ articles: articles.values(), categories, synonyms });
  let shelf = shelfOf();

  return {
    shelf: () => shelf,
    problems: () => [...problems.values()].flat(),
    async watch(changed) {
      const waiting = new Set<string>();
      const settle = () => {
        const langs = new Set([...waiting].map(read).filter((lang) => lang !== undefined));
        waiting.clear();
        shelf = shelfOf();
        changed([...langs]);
      };
      const started = watch(root, { ignoreInitial: true });
      watcher = started;
      const ready = new Promise<void>((resolve) => started.once('ready', resolve));
      for (const event of ['add', 'change', 'unlink'] as const) {
        started.on(event, (path) => {
          waiting.add(relative(root, path).split(sep).join('/'));
          clearTimeout(timer);
          timer = setTimeout(settle, SETTLE_MS);
        });
      }
      started.on('error', (error) => log.error({ err: error }, 'articles: watching content/ failed'));
      await ready;
    },
    async close() {
      clearTimeout(timer);
      await watcher?.close();
    },
  };
}
