import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const ROOT = join(import.meta.dirname, '../..');
const STAMP = join(ROOT, 'dist/sources.sha256');
const brotli = promisify(brotliCompress);

/** `astro build`, then brotli copies of the client files; skipped while the sources are the same. */
export async function buildSite({ force }: { readonly force: boolean }): Promise<void> {
  const stamp = hashOfSources();
  if (!force && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  // Only where the pages must be built: a production install has them and no Astro.
  const { build } = await import('astro');
  await build({ root: ROOT, logLevel: 'warn' });
  await compressClientFiles();
  writeFileSync(STAMP, stamp);
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const files = globSync(
    ['src/site/**/*', 'src/lib/**/*', 'src/articles/search/**/*', 'astro.config.mjs', 'package-lock.json'],
    {
      cwd: ROOT,
      withFileTypes: true,
    },
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

async function compressClientFiles(): Promise<void> {
  const client = join(ROOT, 'dist/client');
  const files = globSync('**/*.{js,css,svg,json,webmanifest,txt}', { cwd: client });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  await Promise.all(
    files.map(async (file) =>
      writeFileSync(join(client, `${file}.br`), await brotli(readFileSync(join(client, file)), { params })),
    ),
  );
}
