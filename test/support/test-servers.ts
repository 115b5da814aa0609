import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { postgresPrograms } from './postgres-server.ts';

interface TestServer {
  readonly name: string;
  /** Debian and Ubuntu packages that bring it. */
  readonly packages: readonly string[];
  readonly isThere: () => boolean;
}

const onPath = (program: string): boolean =>
  [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(`${folder}/${program}`),
  );

const SERVERS: readonly TestServer[] = [
  {
    name: 'slapd',
    packages: ['slapd', 'ldap-utils'],
    isThere: () => onPath('slapd') && onPath('ldapsearch'),
  },
  { name: 'PostgreSQL', packages: ['postgresql'], isThere: () => postgresPrograms() !== undefined },
  { name: 'Chromium', packages: ['chromium'], isThere: () => existsSync('/usr/bin/chromium') },
  { name: 'openssl', packages: ['openssl'], isThere: () => onPath('openssl') },
  { name: 'Dovecot', packages: ['dovecot-imapd'], isThere: () => onPath('dovecot') },
  { name: 'Dropbear', packages: ['dropbear-bin'], isThere: () => onPath('dropbear') },
  { name: 'Redis', packages: ['redis-tools'], isThere: () => onPath('redis-check-rdb') },
  { name: 'Mosquitto', packages: ['mosquitto'], isThere: () => onPath('mosquitto') },
  { name: 'MariaDB', packages: ['mariadb-server-core'], isThere: () => onPath('mariadbd') },
  { name: 'ping', packages: ['iputils-ping'], isThere: () => onPath('ping') },
];

/** Installs what is missing where it may (Debian or Ubuntu, as root or with sudo); else says what to install. */
export function ensureTestServers(): boolean {
  const missing = SERVERS.filter((server) => !server.isThere());
  if (missing.length === 0) return true;
  const packages = missing.flatMap((server) => server.packages);
  const names = missing.map((server) => server.name).join(', ');
  const asRoot = rootPrefix();
  if (asRoot && onPath('apt-get')) {
    console.log(`Installing for the tests: ${packages.join(' ')}`);
    install(asRoot, packages);
  }
  const still = SERVERS.filter((server) => !server.isThere());
  if (still.length === 0) return true;
  console.error(`The tests need ${names}. Install with: sudo apt-get install ${packages.join(' ')}`);
  return false;
}

function install(asRoot: readonly string[], packages: readonly string[]): void {
  const apt = (...args: string[]): void => {
    const [program = '', ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  try {
    apt('update', '-q');
    apt('install', '-q', '-y', '--no-install-recommends', ...packages);
  } catch {
    // What is missing afterwards is told by the caller.
  }
}

/** How to become root without a question: already, by sudo without a password, or not at all. */
function rootPrefix(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}
