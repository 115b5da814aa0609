import { z } from 'zod';
import { duration } from '../lib/duration.ts';
import { LANGS } from '../lib/lang.ts';

const localText = z
  .strictObject({
    en: z.string().optional(),
    fa: z.string().optional(),
    ar: z.string().optional(),
    ru: z.string().optional(),
  })
  .refine((text) => Object.keys(text).length > 0, 'expected a text in at least one language')
  .meta({ description: 'A text per language; a missing language falls back to another one' });

const timezone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'expected an IANA time zone such as Europe/Berlin or Asia/Tehran');

const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected an id of lower-case letters, digits and dashes');
const time = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, 'expected a time such as 08:30');
const day = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const date = z.iso.date();
const dn = z.string().regex(/^[^=,]+=.+/, 'expected a DN such as ou=people,dc=example,dc=org');
const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'expected the name of an attribute');

const calendar = z.strictObject({
  timezone,
  /** Several windows a day; one that ends before it begins goes past midnight. */
  hours: z.partialRecord(day, z.array(z.strictObject({ from: time, to: time }))),
  holidays: z.array(date).default([]),
  /** Other hours on one date; an empty list is a closed day. */
  overrides: z.partialRecord(date, z.array(z.strictObject({ from: time, to: time }))).default({}),
});

const targets = z.strictObject({
  firstResponse: duration,
  nextResponse: duration,
  restore: duration,
  resolve: duration,
});

/** `firstline.yaml`, the organisation. Features read their part of it; nobody else parses it. */
export const organisationSchema = z.strictObject({
  organisation: z.strictObject({
    name: localText,
    timezone: timezone.default('UTC'),
    languages: z
      .array(z.enum(LANGS))
      .min(1)
      .default([...LANGS]),
    defaultLanguage: z.enum(LANGS).default('en'),
    /** Shown on the help page with its hours; leave out what does not exist. */
    phone: z.string().max(40).optional(),
    phoneHours: localText.optional(),
  }),
  /** Services that have no monitors file still exist for articles, tickets and incidents. */
  teams: z
    .array(z.strictObject({ id, name: localText, tiers: z.array(z.enum(['L1', 'L2', 'L3'])).min(1) }))
    .default([]),
  calendars: z.record(id, calendar).default({}),
  sla: z
    .strictObject({
      /** `24x7` or the id of a calendar. */
      calendar: z.string().default('24x7'),
      targets: z.strictObject({ P1: targets, P2: targets, P3: targets, P4: targets }),
    })
    .optional(),
  fixes: z
    .strictObject({
      /** The kill switch: nothing is repaired automatically, people can still ask. */
      automatic: z.boolean().default(true),
      enabled: z.array(z.string()).default(['reset-password', 'unlock-account', 'remind-username']),
    })
    .prefault({}),
  monitors: z
    .strictObject({
      /** Commands that monitors may run, by their first words: `[[/usr/bin/systemctl, is-active]]`. */
      commands: z
        .array(z.tuple([z.string().regex(/^\//, 'expected the full path of a program')], z.string()))
        .default([]),
    })
    .prefault({}),
  gate: z
    .strictObject({
      openTicketsPerRequester: z.int().min(1).default(5),
      requestsPerDay: z.int().min(1).default(20),
      /** After this long on the help page a ticket opens without further steps. */
      contactAfter: duration.prefault('120s'),
    })
    .prefault({}),
  recovery: z
    .strictObject({
      proofValid: duration.prefault('10m'),
      mailsPerHour: z.int().min(1).default(3),
      mailsPerDay: z.int().min(1).default(10),
      addressPerHour: z.int().min(1).default(5),
      ipPerHour: z.int().min(1).default(20),
      ipPerDay: z.int().min(1).default(60),
      mailsTotalPerHour: z.int().min(1).default(500),
      minPasswordLength: z.int().min(8).max(64).default(12),
    })
    .prefault({}),
  mail: z
    .strictObject({
      from: z.string().max(200).default('Firstline <firstline@example.org>'),
    })
    .prefault({}),
  /** For LDAP_URL; without it the portal keeps its own accounts and this part is not used. */
  directory: z
    .strictObject({
      flavour: z.enum(['openldap', 'freeipa', 'ad']).default('openldap'),
      /** `auto`: ldap:// is encrypted with STARTTLS, except to this machine. ldaps:// always is. */
      startTls: z.enum(['auto', 'always', 'never']).default('auto'),
      /** PEM file with the certificate authority of the directory, beside firstline.yaml. */
      caFile: z.string().optional(),
      /** How long one answer of the directory may take. */
      timeout: duration.prefault('4s'),
      people: z
        .strictObject({
          /** DN below which people are searched; the flavour's own place below LDAP_BASE_DN if left out. */
          base: dn.optional(),
          /** RFC 4515 filter that every person matches. */
          filter: z
            .string()
            .regex(/^\(.+\)$/s, 'expected an LDAP filter in parentheses')
            .optional(),
          login: z.array(attribute).min(1).optional(),
          mail: z.array(attribute).min(1).optional(),
          name: z.array(attribute).min(1).optional(),
          /** Values as browsers send them (`fa`, `ru-RU, en;q=0.5`). */
          language: attribute.optional(),
        })
        .prefault({}),
      /** Members, also through groups in groups, are never helped without a second person. */
      privilegedGroups: z.array(dn).optional(),
      /** An account is disabled when one of these attributes has one of these values. */
      disabledWhen: z.array(z.strictObject({ attribute, values: z.array(z.string()).min(1) })).default([]),
      /** OpenLDAP: the policy that holds where an entry names none; tells when locks and passwords end. */
      passwordPolicy: dn.optional(),
      /** FreeIPA: the policy's lock-out and lifetime of passwords. */
      lockAfter: z.int().min(1).default(6),
      lockFor: duration.prefault('10m'),
      passwordMaxAge: duration.prefault('90d'),
    })
    .prefault({}),
  articles: z
    .strictObject({
      /** Where editors edit: `{path}` is replaced. Without it there is no edit link. */
      editUrl: z.string().optional(),
    })
    .prefault({}),
});

export type Organisation = z.output<typeof organisationSchema>;

export const environmentSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4321),
  HOST: z.string().optional(),
  BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  DATA_DIR: z.string().min(1).default('data'),
  DATABASE_URL: z.string().optional(),
  SMTP_URL: z.string().optional(),
  IMAP_URL: z.string().optional(),
  LDAP_URL: z.url({ protocol: /^ldaps?$/ }).optional(),
  LDAP_BIND_DN: z.string().optional(),
  LDAP_BIND_PASSWORD: z.string().optional(),
  LDAP_BASE_DN: z.string().optional(),
  SECRET: z.string().min(32, 'expected at least 32 characters').optional(),
  ROLES: z
    .string()
    .default('web,worker')
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(['web', 'worker'])).min(1)),
  FIXES: z.enum(['on', 'off']).default('on'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How many proxies in front add to X-Forwarded-For; 0: the header is ignored. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  /** Root of content/, monitors/ and firstline.yaml. */
  FIRSTLINE_ROOT: z.string().default('.'),
});

export type Environment = z.output<typeof environmentSchema>;
