import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../certificates.ts';
import { freePort } from '../free-port.ts';
import { type RunningServer, serverFolder, startProgram } from './program.ts';

const TABLES = '/usr/share/mysql';

interface Account {
  readonly user: string;
  readonly password: string;
}

/** A throw-away MariaDB with one account and a database `app`; about 1.5 s. */
export async function startMariadb(
  { user, password }: Account,
  { keyFile, certFile }: Certificate,
): Promise<RunningServer & { readonly port: number }> {
  const folder = serverFolder('mariadb');
  const data = join(folder, 'data');
  mkdirSync(data);
  const common = [
    '--no-defaults',
    `--datadir=${data}`,
    `--user=${userInfo().username}`,
    `--lc-messages-dir=${TABLES}`,
    '--innodb-log-file-size=4M',
    '--innodb-buffer-pool-size=8M',
    '--innodb-flush-method=nosync',
    '--innodb-flush-log-at-trx-commit=0',
  ];
  // What mariadb-install-db does, without the parts that take long.
  const setUp = [
    'create database mysql;\nuse mysql;\nset @auth_root_socket=null;\nset @skip_auth_anonymous=1;\n',
    readFileSync(join(TABLES, 'mysql_system_tables.sql')),
    readFileSync(join(TABLES, 'mysql_system_tables_data.sql')),
    'flush privileges;\ncreate database app;\n',
    `create user '${user}'@'localhost' identified by '${password}';\n`,
    `grant all on app.* to '${user}'@'localhost';\n`,
    'create table app.jobs (id int primary key, state varchar(20), at datetime) engine=innodb;\n',
    "insert into app.jobs values (1, 'done', '2026-01-02 03:04:05'), (2, 'failed', null);\n",
  ];
  const input = Buffer.concat(setUp.map((part) => Buffer.from(part)));
  execFileSync('/usr/sbin/mariadbd', [...common, '--bootstrap'], { input, stdio: ['pipe', 'pipe', 'pipe'] });
  const port = await freePort();
  const listen = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${join(folder, 'socket')}`];
  const tls = [`--ssl-cert=${certFile}`, `--ssl-key=${keyFile}`];
  const command = ['/usr/sbin/mariadbd', ...common, ...listen, ...tls] as const;
  return { ...(await startProgram({ command, ports: [port], folder })), port };
}
