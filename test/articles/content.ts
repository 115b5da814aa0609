import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestContent {
  readonly dir: string;
  /** Writes `<lang>/<category>/<slug>.md`; `front` replaces or adds keys. */
  article(path: string, front?: Readonly<Record<string, string>>, body?: string): void;
  write(path: string, text: string): void;
  remove(path: string): void;
  removeAll(): void;
}

const FRONT = { title: 'Title', summary: 'Summary.', status: 'published', owner: 'ivan', audience: 'public' };

/** A folder of articles of its own. */
export function testContent(): TestContent {
  const dir = mkdtempSync(join(tmpdir(), 'firstline-content-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  for (const lang of ['en', 'fa', 'ar', 'ru'])
    write(`${lang}/categories.yaml`, 'mail:\n  title: Mail\n  summary: All about mail.\n');
  return {
    dir,
    write,
    article(path, front = {}, body = 'Text.') {
      const keys = Object.entries({ ...FRONT, ...front }).map(([key, value]) => `${key}: ${value}`);
      write(`${path}.md`, `---\n${keys.join('\n')}\n---\n\n${body}\n`);
    },
    remove: (path) => rmSync(join(dir, path)),
    removeAll: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Until `check` holds, at most `ms`; fails with what it was waiting for. */
export async function soon(
  what: string,
  check: () => boolean | Promise<boolean>,
  ms = 20_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
