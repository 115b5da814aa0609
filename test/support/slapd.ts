import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { argon2Sync, createHash, randomBytes } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Attribute, Change, Client, type Entry } from 'ldapts';
import { makeDirectoryCertificate } from './directory-certificate.ts';
import { freePort } from './free-port.ts';

export const BASE = 'dc=example,dc=org';
export const PEOPLE = `ou=people,${BASE}`;
export const POLICY = `cn=standard,ou=policies,${BASE}`;
export const ADMINS = `cn=admins,ou=groups,${BASE}`;
const ROOT = { dn: `cn=root,${BASE}`, password: 'root of the test server' };
const SERVICE = { dn: `cn=firstline,ou=services,${BASE}`, password: 'service of the test server' };

type Values = string | readonly string[];

export interface SlapdPerson {
  readonly login: string;
  readonly name?: string;
  readonly mails?: readonly string[];
  readonly password?: string;
  /** Further attributes, operational ones as well. */
  readonly also?: Readonly<Record<string, Values>>;
}

export interface SlapdOptions {
  readonly people?: readonly SlapdPerson[];
  /** Changes to the password policy that holds for everybody. */
  readonly policy?: Readonly<Record<string, Values>>;
  /** What the service account may: as it should be, too much, or too little. */
  readonly rights?: 'right' | 'manage' | 'write-all' | 'read-only' | 'no-reset';
  /** `ARGON2` as Debian's module has it: argon2i, m=4096. */
  readonly hash?: 'SSHA' | 'ARGON2';
  /** A certificate of its own for 127.0.0.1 and localhost, and a port for ldaps. */
  readonly tls?: boolean;
  /** More entries, as LDIF. */
  readonly ldif?: string;
  /** More lines for the database's part of slapd.conf, and for the part that holds for the whole server. */
  readonly conf?: readonly string[];
  readonly global?: readonly string[];
}

export interface Slapd {
  readonly url: string;
  /** Empty without `tls`. */
  readonly secureUrl: string;
  /** PEM file of the certificate's issuer. */
  readonly caFile: string;
  readonly service: { readonly dn: string; readonly password: string };
  readonly root: { readonly dn: string; readonly password: string };
  /** What the directory itself holds, read by its own administrator, operational attributes too. */
  read(dn: string): Promise<Entry | undefined>;
  /** As an administrator does; an empty list removes the attribute. */
  write(dn: string, attributes: Readonly<Record<string, readonly string[]>>): Promise<void>;
  remove(dn: string): Promise<void>;
  /** SIGSTOP: takes connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** SIGKILL: nobody is there any more. */
  kill(): Promise<void>;
  /** The same data on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A throw-away OpenLDAP with password policy on a free port with its own data folder; about 0.1 s. */
export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'firstline-slapd-'));
  mkdirSync(join(folder, 'data'));
  if (options.tls) makeDirectoryCertificate(folder);
  const conf = join(folder, 'slapd.conf');
  writeFileSync(conf, configuration(folder, options));
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', conf], { input: seed(options), stdio: 'pipe' });
  const port = await freePort();
  const securePort = options.tls ? await freePort() : 0;
  const url = `ldap://127.0.0.1:${port}`;
  const secureUrl = securePort ? `ldaps://127.0.0.1:${securePort}` : '';
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const addresses = [url, secureUrl].filter(Boolean).map((address) => `${address}/`);
    server = spawn('/usr/sbin/slapd', ['-d', '0', '-f', conf, '-h', addresses.join(' ')], {
      stdio: 'ignore',
    });
    await untilListening(port, server);
  }

  async function kill(): Promise<void> {
    const ending = server;
    server = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill('SIGKILL');
    await ended;
  }

  async function asRoot<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ url, timeout: 10_000 });
    try {
      await client.bind(ROOT.dn, ROOT.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  }

  await start();
  return {
    url,
    secureUrl,
    caFile: join(folder, 'ca.pem'),
    service: SERVICE,
    root: ROOT,
    read: (dn) =>
      asRoot(async (client) => {
        const found = await client.search(dn, { scope: 'base', attributes: ['*', '+'] });
        return found.searchEntries[0];
      }),
    write: (dn, attributes) =>
      asRoot((client) =>
        client.modify(
          dn,
          Object.entries(attributes).map(
            ([type, values]) =>
              new Change({
                operation: 'replace',
                modification: new Attribute({ type, values: [...values] }),
              }),
          ),
        ),
      ),
    remove: (dn) => asRoot((client) => client.del(dn)),
    pause() {
      server?.kill('SIGSTOP');
      untilStopped(server?.pid);
    },
    resume: () => server?.kill('SIGCONT'),
    kill,
    start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The signal takes effect a moment after it was sent; until then a thread may still answer. */
function untilStopped(pid: number | undefined): void {
  const until = Date.now() + 1_000;
  const isRunning = (file: string): boolean => !/\) [Tt] /.test(readFileSync(file, 'utf8'));
  while (Date.now() < until && globSync(`/proc/${pid}/task/*/stat`).some(isRunning));
}

/** The DN under which `startSlapd` keeps this person. */
export const dnOf = (login: string): string => `uid=${login.replace(/[,+"\\<>;=#]/g, '\\$&')},${PEOPLE}`;

const RIGHTS: Readonly<Record<NonNullable<SlapdOptions['rights']>, readonly string[]>> = {
  right: [
    'access to attrs=userPassword by dn.exact="SERVICE" =w by anonymous auth by * none',
    'access to attrs=pwdAccountLockedTime,pwdReset by dn.exact="SERVICE" write by * none',
    'access to * by dn.exact="SERVICE" read by * none',
  ],
  manage: ['access to * by dn.exact="SERVICE" manage by anonymous auth by * none'],
  'write-all': ['access to * by dn.exact="SERVICE" write by anonymous auth by * none'],
  'no-reset': [
    'access to attrs=userPassword by dn.exact="SERVICE" manage by anonymous auth by * none',
    'access to * by dn.exact="SERVICE" read by * none',
  ],
  'read-only': [
    'access to attrs=userPassword by anonymous auth by * none',
    'access to * by dn.exact="SERVICE" read by * none',
  ],
};

const configuration = (folder: string, options: SlapdOptions): string =>
  [
    ...['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include /etc/ldap/schema/${name}.schema`),
    'modulepath /usr/lib/ldap',
    ...['back_mdb', 'ppolicy', ...(options.hash === 'ARGON2' ? ['argon2'] : [])].map(
      (name) => `moduleload ${name}`,
    ),
    `pidfile ${folder}/slapd.pid`,
    'threads 4',
    ...(options.global ?? []),
    ...(options.tls
      ? [`TLSCertificateFile ${folder}/cert.pem`, `TLSCertificateKeyFile ${folder}/key.pem`]
      : []),
    `password-hash {${options.hash ?? 'SSHA'}}`,
    'database mdb',
    'maxsize 16777216',
    `directory ${folder}/data`,
    'dbnosync',
    `suffix "${BASE}"`,
    `rootdn "${ROOT.dn}"`,
    `rootpw "${ROOT.password}"`,
    'index objectClass,uid,mail,member eq',
    ...RIGHTS[options.rights ?? 'right'].map((line) => line.replaceAll('SERVICE', SERVICE.dn)),
    ...(options.conf ?? []),
    'overlay ppolicy',
    `ppolicy_default "${POLICY}"`,
    'ppolicy_use_lockout',
    '',
  ].join('\n');

const POLICY_DEFAULTS: Readonly<Record<string, Values>> = {
  pwdMinLength: '12',
  pwdCheckQuality: '2',
  pwdInHistory: '5',
  pwdLockout: 'TRUE',
  pwdMaxFailure: '10',
  pwdLockoutDuration: '900',
};

function seed({ people = [], policy = {}, hash = 'SSHA', ldif = '' }: SlapdOptions): string {
  const service = { dn: SERVICE.dn, password: hashed(SERVICE.password, 'SSHA') };
  return [
    entry(BASE, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' }),
    ...['people', 'groups', 'services', 'policies'].map((ou) =>
      entry(`ou=${ou},${BASE}`, { objectClass: 'organizationalUnit', ou }),
    ),
    entry(POLICY, {
      objectClass: ['device', 'pwdPolicy'],
      cn: 'standard',
      pwdAttribute: 'userPassword',
      ...POLICY_DEFAULTS,
      ...policy,
    }),
    entry(service.dn, {
      objectClass: ['organizationalRole', 'simpleSecurityObject'],
      cn: 'firstline',
      userPassword: service.password,
    }),
    ...people.map((person) => personEntry(person, hash)),
    ldif,
  ].join('\n');
}

const personEntry = (person: SlapdPerson, hash: 'SSHA' | 'ARGON2'): string => {
  const name = person.name ?? person.login;
  return entry(dnOf(person.login), {
    objectClass: ['inetOrgPerson', ...(person.also?.shadowExpire ? ['shadowAccount'] : [])],
    uid: person.login,
    cn: name,
    sn: name.split(' ').at(-1) ?? name,
    mail: person.mails ?? [],
    ...(person.password === undefined
      ? {}
      : { userPassword: hashed(person.password, hash), pwdChangedTime: '20200101000000Z' }),
    ...person.also,
  });
};

/** One entry as LDIF; base64 everywhere, so that no value can be misread. */
export function entry(dn: string, attributes: Readonly<Record<string, Values>>): string {
  const lines = Object.entries(attributes).flatMap(([type, values]) =>
    [values].flat().map((value) => `${type}:: ${Buffer.from(value).toString('base64')}`),
  );
  return `dn:: ${Buffer.from(dn).toString('base64')}\n${lines.join('\n')}\n`;
}

function hashed(password: string, scheme: 'SSHA' | 'ARGON2'): string {
  const nonce = randomBytes(16);
  if (scheme === 'SSHA') {
    const digest = createHash('sha1').update(password).update(nonce).digest();
    return `{SSHA}${Buffer.concat([digest, nonce]).toString('base64')}`;
  }
  const settings = { memory: 4096, passes: 3, parallelism: 1, tagLength: 32 };
  const tag = argon2Sync('argon2i', { message: password, nonce, ...settings });
  const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$${text(nonce)}$${text(tag)}`;
}

async function untilListening(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (server.exitCode !== null) throw new Error(`slapd ended with code ${server.exitCode}`);
    if (await answers(port)) return;
    await sleep(10);
  }
  throw new Error('slapd did not start in 4 s');
}

const answers = (port: number): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
};
