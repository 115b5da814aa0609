import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../../config/config.ts';
import { FatalError } from '../../../lib/app-error.ts';
import type { Flavour, People } from './flavours/flavour.ts';
import { FLAVOURS } from './flavours/index.ts';

/** What the `ldap` backend was told, with the flavour's defaults filled in. */
export interface LdapSettings {
  readonly url: string;
  readonly bindDn: string;
  readonly bindPassword: string;
  readonly flavour: Flavour;
  readonly people: People;
  readonly startTls: boolean;
  /** PEM; undefined means the authorities that the system trusts. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly privilegedGroups: readonly string[];
  readonly disabledWhen: readonly { readonly attribute: string; readonly values: readonly string[] }[];
  readonly passwordPolicy?: string;
  readonly lockAfter: number;
  readonly lockForMs: number;
  readonly passwordMaxAgeMs: number;
}

type Told = Pick<Config, 'env' | 'org' | 'root'>;

export function ldapSettings({ env, org, root }: Told): LdapSettings {
  const { LDAP_URL: url, LDAP_BIND_DN: bindDn, LDAP_BIND_PASSWORD: bindPassword, LDAP_BASE_DN: base } = env;
  if (!url || !bindDn || !bindPassword || !base) {
    throw new FatalError(
      'A directory needs all of LDAP_URL, LDAP_BIND_DN, LDAP_BIND_PASSWORD and LDAP_BASE_DN; one of them is not set.',
    );
  }
  const told = org.directory;
  const flavour = FLAVOURS[told.flavour];
  const usual = flavour.people(base);
  return {
    url,
    bindDn,
    bindPassword,
    flavour,
    people: {
      base: told.people.base ?? usual.base,
      filter: told.people.filter ?? usual.filter,
      login: told.people.login ?? usual.login,
      mail: told.people.mail ?? usual.mail,
      name: told.people.name ?? usual.name,
      language: told.people.language ?? usual.language,
    },
    startTls: url.startsWith('ldap:') && wantsTls(told.startTls, new URL(url).hostname),
    ...(told.caFile === undefined ? {} : { ca: pem(resolve(root, told.caFile)) }),
    timeoutMs: told.timeout,
    privilegedGroups: told.privilegedGroups ?? flavour.privilegedGroups(base),
    disabledWhen: told.disabledWhen,
    ...(told.passwordPolicy === undefined ? {} : { passwordPolicy: told.passwordPolicy }),
    lockAfter: told.lockAfter,
    lockForMs: told.lockFor,
    passwordMaxAgeMs: told.passwordMaxAge,
  };
}

/** `auto`: what stays on this machine needs no encryption, everything else does. */
const wantsTls = (startTls: 'auto' | 'always' | 'never', host: string): boolean =>
  startTls === 'always' || (startTls === 'auto' && !isThisMachine(host));

export const isThisMachine = (host: string): boolean =>
  host === '' || host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

function pem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new FatalError(`The certificate file ${path} (directory.caFile in firstline.yaml) cannot be read.`);
  }
}
