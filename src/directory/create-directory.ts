import type { Config } from '../config/config.ts';
import type { Db } from '../db/db.ts';
import type { Clock } from '../lib/clock.ts';
import { ldapSettings } from './backends/ldap/settings.ts';
import { createLdapDirectory } from './backends/ldap.ts';
import { createLocalDirectory } from './backends/local.ts';
import type { Directory } from './contract.ts';

interface Deps {
  readonly config: Pick<Config, 'env' | 'org' | 'root'>;
  readonly db: Db;
  readonly clock: Clock;
}

/** The organisation's directory if there is one (LDAP_URL), else the portal's own accounts. */
export function createDirectory({ config, db, clock }: Deps): Directory {
  if (config.env.LDAP_URL) return createLdapDirectory({ settings: ldapSettings(config), clock });
  return createLocalDirectory({ db, clock, minLength: config.org.recovery.minPasswordLength });
}
