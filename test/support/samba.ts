import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectoryCertificate } from './directory-certificate.ts';

export const AD_BASE = 'DC=example,DC=test';
const RESET_PASSWORD = '00299570-246d-11d0-a768-00aa006e0529';
const LOCKOUT_TIME = '28630ebf-41d5-11d1-a9c1-0000f80367c1';
const PWD_LAST_SET = 'bf967a0a-0de6-11d0-a285-00aa003049e2';
const USER = 'bf967aba-0de6-11d0-a285-00aa003049e2';

export interface Samba {
  readonly url: string;
  readonly plainUrl: string;
  readonly ca: string;
  readonly service: { readonly dn: string; readonly password: string };
  /** `samba-tool …`, straight on its database. */
  tool(...args: string[]): string;
  stop(): Promise<void>;
}

/** A Samba domain controller on the fixed ports 389 and 636; needs root, some 15 s. People live in OU=people. */
export async function startSamba(people: Readonly<Record<string, string>>): Promise<Samba> {
  const folder = mkdtempSync(join(tmpdir(), 'firstline-samba-'));
  const conf = join(folder, 'etc/smb.conf');
  const run = (...args: string[]): string =>
    execFileSync('samba-tool', args, { encoding: 'utf8', stdio: 'pipe' });
  run(
    ...[
      'domain',
      'provision',
      '--realm=EXAMPLE.TEST',
      '--domain=EXAMPLE',
      '--server-role=dc',
      '--host-name=dc1',
    ],
    ...['--dns-backend=NONE', '--adminpass=Administrator.0f.the.test', `--targetdir=${folder}`],
    ...['--option=bind interfaces only = yes', '--option=interfaces = lo'],
  );
  makeDirectoryCertificate(folder);
  const more = [
    'server services = rpc, ldap, cldap',
    // Otherwise the previous password goes on working for an hour.
    'old password allowed period = 0',
    ...['keyfile = key', 'certfile = cert', 'cafile = ca'].map(
      (line) => `tls ${line.replace('= ', `= ${folder}/`)}.pem`,
    ),
  ];
  writeFileSync(conf, readFileSync(conf, 'utf8').replace('[global]', `[global]\n${more.join('\n')}`));
  const at = [`--configfile=${conf}`, '-H', join(folder, 'private/sam.ldb')];
  const tool = (...args: string[]): string => run(...args, ...at);
  fill(tool, people);

  const server = spawn('samba', ['-F', '--no-process-group', '-M', 'single', '-s', conf], {
    stdio: 'ignore',
  });
  await untilListening(636, server);
  return {
    url: 'ldaps://127.0.0.1',
    plainUrl: 'ldap://127.0.0.1',
    ca: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    service: { dn: `CN=firstline,CN=Users,${AD_BASE}`, password: 'Service.0f.the.test' },
    tool,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await Promise.race([ended, sleep(3_000)]);
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The people, and an account that may reset their passwords and nothing else. */
function fill(tool: (...args: string[]) => string, people: Readonly<Record<string, string>>): void {
  tool('domain', 'passwordsettings', 'set', '--min-pwd-age=0', '--min-pwd-length=12');
  tool('domain', 'passwordsettings', 'set', '--account-lockout-threshold=3');
  tool('ou', 'add', 'OU=people');
  for (const [login, password] of Object.entries(people))
    tool('user', 'create', login, password, '--userou=OU=people', `--mail-address=${login}@example.org`);
  tool('user', 'create', 'firstline', 'Service.0f.the.test');
  const sid = /^objectSid: (\S+)$/m.exec(tool('user', 'show', 'firstline'))?.[1] ?? '';
  const rights = [
    `(OA;CIIO;CR;${RESET_PASSWORD};${USER};${sid})`,
    ...[LOCKOUT_TIME, PWD_LAST_SET].map((attribute) => `(OA;CIIO;RPWP;${attribute};${USER};${sid})`),
  ];
  tool('dsacl', 'set', `--objectdn=OU=people,${AD_BASE}`, `--sddl=${rights.join('')}`);
}

async function untilListening(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`samba ended with code ${server.exitCode}`);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    if (await promise.finally(() => socket.destroy())) return;
    await sleep(100);
  }
  throw new Error('samba did not start in 30 s');
}
