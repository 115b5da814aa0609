import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FatalError } from '../lib/app-error.ts';
import { checkedYaml } from '../lib/checked-yaml.ts';
import { describeProblem, type Problem } from '../lib/problem.ts';
import { type Environment, environmentSchema, type Organisation, organisationSchema } from './schema.ts';

/** Everything the portal was told, checked once and frozen. */
export interface Config {
  readonly env: Environment;
  readonly org: Organisation;
  readonly host: string;
  readonly port: number;
  /** The only source of links; without a slash at the end. */
  readonly baseUrl: string;
  readonly dataDir: string;
  /** Holds content/, monitors/ and firstline.yaml. */
  readonly root: string;
  /** Neither directory nor mail server set: sample people, mail shown on a page, loopback only. */
  readonly sample: boolean;
  /** Signs cookies and links; never leaves the process. Derive one key per purpose with `keyFor`. */
  readonly secret: KeyObject;
}

export function loadConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const env = checkEnvironment(variables);
  const root = resolve(env.FIRSTLINE_ROOT);
  const dataDir = resolve(root, env.DATA_DIR);
  const sample = !env.LDAP_URL && !env.SMTP_URL;
  // In sample mode whoever reaches the portal can read all mail, so it listens on loopback only.
  const host = sample ? '127.0.0.1' : (env.HOST ?? '0.0.0.0');
  const baseUrl = (env.BASE_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, '');
  return Object.freeze({
    env,
    org: loadOrganisation(root),
    host,
    port: env.PORT,
    baseUrl,
    dataDir,
    root,
    sample,
    secret: createSecretKey(env.SECRET ?? keptSecret(dataDir), 'utf8'),
  });
}

function checkEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  // An empty variable means "not set": that is how compose files and unit files leave one out.
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FatalError(
    `The environment variable ${String(issue?.path[0])} is not usable: ${issue?.message}.`,
  );
}

function loadOrganisation(root: string): Organisation {
  const result = readOrganisation(root);
  if (result.ok) return result.value;
  throw new FatalError(
    `firstline.yaml has mistakes:\n${result.problems.map((p) => `  ${describeProblem(p)}`).join('\n')}`,
  );
}

export type OrganisationResult =
  | { readonly ok: true; readonly value: Organisation }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads and checks `firstline.yaml`; for the start and for `npm run check`. */
export function readOrganisation(root: string): OrganisationResult {
  const path = join(root, 'firstline.yaml');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new FatalError(
      `There is no firstline.yaml in ${root}. Start in the folder that holds it, or set FIRSTLINE_ROOT.`,
    );
  }
  return checkedYaml(organisationSchema, { file: 'firstline.yaml', text });
}

/** Without SECRET one is made at the first start and kept, so that sessions survive a restart. */
function keptSecret(dataDir: string): string {
  const path = join(dataDir, 'secret');
  try {
    if (existsSync(path)) return readFileSync(path, 'utf8').trim();
    mkdirSync(dataDir, { recursive: true });
    const secret = randomBytes(48).toString('base64url');
    writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return secret;
  } catch {
    throw new FatalError(
      `The data folder ${dataDir} cannot be written. Give this user the right to write there, or set DATA_DIR.`,
    );
  }
}
