import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Config, loadConfig } from '../config/config.ts';
import { lockDataFolder } from '../db/instance-lock.ts';
import { checkSqlite, copySqlite } from '../db/sqlite-backup.ts';
import { FatalError } from '../lib/app-error.ts';

const DATABASE = 'firstline.db';
const SECRET = 'secret';
const MANIFEST = 'backup.json';

const manifestSchema = z.object({
  madeAt: z.string(),
  files: z.record(z.string().regex(/^[\w.-]+$/), z.string()),
});

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** `firstline backup <folder>`: the database and the secret, consistent, also while the portal runs. */
export async function backup([folder]: readonly string[]): Promise<void> {
  if (!folder) throw new FatalError('Where to? For example: firstline backup backups/monday');
  const config = loadConfig(process.env);
  refusePostgres(config);
  const source = join(config.dataDir, DATABASE);
  if (!existsSync(source)) throw new FatalError(`There is no database in ${config.dataDir} to back up.`);
  const target = resolve(folder);
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 });
  } catch {
    throw new FatalError(`The folder ${target} cannot be written.`);
  }
  if (readdirSync(target).length > 0)
    throw new FatalError(`The folder ${target} is not empty. Give a new one for each backup.`);
  copySqlite(source, join(target, DATABASE));
  // Without its secret the sealed parts of the database could not be read again.
  const secret = join(config.dataDir, SECRET);
  if (!config.env.SECRET && existsSync(secret)) copyFileSync(secret, join(target, SECRET));
  const files = readdirSync(target).map((name) => [name, hashOf(join(target, name))]);
  const manifest = { madeAt: new Date().toISOString(), files: Object.fromEntries(files) };
  writeFileSync(join(target, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`The backup is in ${target}. Keep it as safe as the portal itself: it holds its secret.`);
}

/** `firstline restore <folder>`: only while the portal is stopped; what was there is kept beside it. */
export async function restore([folder]: readonly string[]): Promise<void> {
  if (!folder) throw new FatalError('From where? For example: firstline restore backups/monday');
  const config = loadConfig(process.env);
  refusePostgres(config);
  const source = resolve(folder);
  const names = checkBackup(source);
  mkdirSync(config.dataDir, { recursive: true });
  const lock = lockDataFolder(config.dataDir);
  try {
    const kept = join(config.dataDir, `before-restore-${new Date().toISOString().replace(/[:.]/g, '-')}`);
    mkdirSync(kept);
    for (const name of [DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`, ...names]) {
      const old = join(config.dataDir, name);
      if (existsSync(old)) renameSync(old, join(kept, name));
    }
    for (const name of names) copyFileSync(join(source, name), join(config.dataDir, name));
    console.log(`Restored from ${source}. What was there before is in ${kept}.`);
  } finally {
    lock.release();
  }
}

/** The files of a whole backup; throws for anything else. */
function checkBackup(folder: string): string[] {
  let manifest: z.output<typeof manifestSchema>;
  try {
    manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')));
  } catch {
    throw new FatalError(`${folder} is not a backup of Firstline (no readable ${MANIFEST}).`);
  }
  const names = Object.keys(manifest.files);
  for (const name of names) {
    const file = join(folder, name);
    if (!existsSync(file) || hashOf(file) !== manifest.files[name])
      throw new FatalError(`The backup ${folder} is damaged: ${name} is missing or was changed.`);
  }
  if (!names.includes(DATABASE)) throw new FatalError(`The backup ${folder} has no database in it.`);
  checkSqlite(join(folder, DATABASE));
  return names;
}

function refusePostgres({ env }: Config): void {
  if (!env.DATABASE_URL) return;
  throw new FatalError(
    'This portal keeps its data in PostgreSQL: back it up and restore it with pg_dump and pg_restore, and keep SECRET with it.',
  );
}
