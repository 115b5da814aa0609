import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { FatalError } from '../lib/app-error.ts';

const ROOT = join(import.meta.dirname, '../..');
const STAMP = join(ROOT, 'dist/sources.sha256');
const brotli = promisify(brotliCompress);

/** For the start: in a process of its own, since the builder would keep some 600 MB for as long as the portal runs. */
export async function buildSiteBeside(): Promise<void> {
  if (isBuilt(hashOfSources())) return;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'firstline.mjs'), 'build'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new FatalError('The pages could not be built; the reason stands above.');
}

const isBuilt = (stamp: string): boolean => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp;

/** `astro build`, then brotli copies of the client files; skipped while the sources are the same. */
export async function buildSite({ force }: { readonly force: boolean }): Promise<void> {
  const stamp = hashOfSources();
  if (!force && isBuilt(stamp)) return;
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
