import type { Config } from '../config/config.ts';
import { type CheckLine, checkLdap } from './backends/ldap/check.ts';
import { ldapSettings } from './backends/ldap/settings.ts';

/** For `firstline doctor`: what is right and wrong about the directory, a line each. Changes nothing in it. */
export async function checkDirectory(
  config: Pick<Config, 'env' | 'org' | 'root'>,
): Promise<readonly CheckLine[]> {
  if (!config.env.LDAP_URL) return [{ ok: true, text: "the portal's own accounts (no LDAP_URL)" }];
  try {
    return await checkLdap(ldapSettings(config));
  } catch (error) {
    return [{ ok: false, text: error instanceof Error ? error.message : String(error) }];
  }
}
