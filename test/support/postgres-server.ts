import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  /** postgres://… of a superuser on the maintenance database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The folder of PostgreSQL's programs as Debian and others install them, newest first. */
export function postgresPrograms(): string | undefined {
  return globSync('/usr/lib/postgresql/*/bin')
    .sort()
    .reverse()
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** A throw-away PostgreSQL on a free port with its own data folder; about 2 s. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (!programs) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'firstline-pg-'));
  const data = join(folder, 'data');
  const asUser = userPrefix(folder);
  const run = (program: string, args: string[]) => [...asUser, join(programs, program), ...args];
  const [initdb = '', ...initArgs] = run('initdb', [
    '-D',
    data,
    '-U',
    'firstline',
    '-A',
    'trust',
    '-N',
    '-E',
    'UTF8',
    '--locale=C',
  ]);
  execFileSync(initdb, initArgs, { stdio: 'pipe' });
  const port = await freePort();
  const [postgres = '', ...args] = run('postgres', [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'fsync=off',
    '-c',
    'synchronous_commit=off',
    '-c',
    'full_page_writes=off',
    '-c',
    'max_connections=200',
  ]);
  const server = spawn(postgres, args, { stdio: 'ignore' });
  const url = `postgres://firstline@127.0.0.1:${port}/postgres`;
  await untilReady(url, server);
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await Promise.race([ended, sleep(5_000)]);
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root; there it runs as the user that Debian's package brings. */
function userPrefix(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  execFileSync('chown', ['postgres', folder]);
  return ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with code ${server.exitCode}`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error('PostgreSQL did not start in 10 s');
}
