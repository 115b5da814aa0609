import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Certificate } from '../certificates.ts';
import { startPostgres } from '../postgres-server.ts';
import type { RunningServer } from './program.ts';

interface Account {
  readonly user: string;
  readonly password: string;
}

/** A throw-away PostgreSQL that knows TLS and asks this account for its password; with a database `app`. */
export async function startPostgresWithLogin(
  { user, password }: Account,
  { keyFile, certFile }: Certificate,
): Promise<RunningServer & { readonly port: number }> {
  const server = await startPostgres();
  const owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  const run = (text: string) => owner.query(text);
  const shown = await owner.query<{ hba_file: string }>('show hba_file');
  const access = shown.rows[0]?.hba_file ?? '';
  for (const [from, name] of [
    [keyFile, 'server.key'],
    [certFile, 'server.crt'],
  ] as const) {
    const to = join(dirname(access), name);
    copyFileSync(from, to);
    chmodSync(to, 0o600);
    execFileSync('chown', [`--reference=${access}`, to]);
  }
  await run(`create role ${user} login password '${password}'`);
  await run(`create database app owner ${user}`);
  writeFileSync(access, `host all ${user} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n`);
  await run('alter system set ssl = on');
  await run('select pg_reload_conf()');
  await owner.end();
  return { port: Number(new URL(server.url).port), stop: server.stop };
}
