import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { Db } from '../../src/db/db.ts';
import { openDatabase } from '../../src/db/open.ts';

export interface TestDatabase {
  readonly db: Db;
  /** For a second opening of the same database. */
  readonly settings: { readonly url?: string; readonly dataDir: string };
  remove(): Promise<void>;
}

/** An empty, migrated database of its own: SQLite in a temporary folder or a new database in the run's PostgreSQL. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'firstline-test-'));
  const server = process.env.TEST_DATABASE === 'postgres' ? inject('postgresUrl') : undefined;
  const name = `t_${randomBytes(6).toString('hex')}`;
  if (server) await onServer(server, `create database ${name}`);
  const settings = server ? { url: withDatabase(server, name), dataDir } : { dataDir };
  const db = await openDatabase(settings);
  return {
    db,
    settings,
    async remove() {
      await db.close();
      if (server) await onServer(server, `drop database if exists ${name} with (force)`);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
};

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
