import type { Config } from '../../config/config.ts';

export interface Setting {
  readonly key: string;
  /** As text; never a secret. */
  readonly value: string;
  /** `hidden`: it is set, and that is all that is shown. */
  readonly state: 'set' | 'hidden' | 'missing';
}

export interface ConfigView {
  readonly environment: readonly Setting[];
  /** firstline.yaml with its defaults, flattened to dotted keys. */
  readonly organisation: readonly Setting[];
}

const SECRETS = new Set(['SECRET', 'LDAP_BIND_PASSWORD']);
const ADDRESSES = new Set(['DATABASE_URL', 'SMTP_URL', 'IMAP_URL', 'LDAP_URL']);
/** What may be shown of the environment. A variable that is not in one of these lists is treated as a secret. */
const PLAIN = new Set([
  'PORT',
  'HOST',
  'BASE_URL',
  'DATA_DIR',
  'LDAP_BIND_DN',
  'LDAP_BASE_DN',
  'ROLES',
  'FIXES',
  'LOG_LEVEL',
  'TRUSTED_PROXIES',
  'FIRSTLINE_ROOT',
]);

/** The configuration as it stands, for the admin page: what is in force, without anything that opens a door. */
export function describeConfig(config: Pick<Config, 'env' | 'org'>): ConfigView {
  const keys = new Set([...PLAIN, ...ADDRESSES, ...SECRETS, ...Object.keys(config.env)]);
  return {
    environment: [...keys]
      .sort()
      .map((key) => describeVariable(key, (config.env as Record<string, unknown>)[key])),
    organisation: flatten(config.org, ''),
  };
}

function describeVariable(key: string, value: unknown): Setting {
  if (value === undefined) return { key, value: '', state: 'missing' };
  if (ADDRESSES.has(key)) return { key, value: withoutSecrets(String(value)), state: 'set' };
  if (!PLAIN.has(key)) return { key, value: '', state: 'hidden' };
  return { key, value: Array.isArray(value) ? value.join(',') : String(value), state: 'set' };
}

/** Scheme, host, port and path of an address; no user, no password, no parameters. */
function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return '…';
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

function flatten(value: unknown, path: string): Setting[] {
  if (typeof value === 'object' && value !== null && !isPlainList(value)) {
    return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path ? `${path}.${key}` : key));
  }
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  // A key that sounds like a secret is one, whatever a later version of the file may hold.
  const isSecret = /pass|secret|token|key$/i.test(path);
  return [{ key: path, value: isSecret ? '' : text, state: isSecret ? 'hidden' : 'set' }];
}

const isPlainList = (value: object): boolean =>
  Array.isArray(value) && value.every((entry) => typeof entry !== 'object' || entry === null);
