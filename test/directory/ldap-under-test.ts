import { FLAVOURS } from '../../src/directory/backends/ldap/flavours/index.ts';
import type { LdapSettings } from '../../src/directory/backends/ldap/settings.ts';
import { createLdapDirectory } from '../../src/directory/backends/ldap.ts';
import type { Directory } from '../../src/directory/contract.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { BASE, POLICY, type Slapd } from '../support/slapd.ts';

/** Settings for a slapd of the tests, as `firstline.yaml` and the environment would give them. */
export const settingsFor = (
  slapd: Pick<Slapd, 'url' | 'service'>,
  change: Partial<LdapSettings> = {},
): LdapSettings => ({
  url: slapd.url,
  bindDn: slapd.service.dn,
  bindPassword: slapd.service.password,
  flavour: FLAVOURS.openldap,
  people: FLAVOURS.openldap.people(BASE),
  startTls: false,
  timeoutMs: 4_000,
  privilegedGroups: [],
  disabledWhen: [],
  passwordPolicy: POLICY,
  lockAfter: 6,
  lockForMs: 600_000,
  passwordMaxAgeMs: 90 * 86_400_000,
  ...change,
});

interface Change extends Partial<LdapSettings> {
  readonly clock?: Clock;
  readonly verifyMs?: number;
}

/** A directory on that slapd; checking passwords is not slowed down unless the test asks for it. */
export const directoryOn = (
  slapd: Pick<Slapd, 'url' | 'service'>,
  { clock = systemClock, verifyMs = 0, ...change }: Change = {},
): Directory => createLdapDirectory({ settings: settingsFor(slapd, change), clock, verifyMs });
