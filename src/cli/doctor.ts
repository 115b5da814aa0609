import { accessSync, constants, mkdirSync } from 'node:fs';
import { type Config, loadConfig } from '../config/config.ts';
import { type Core, openCore } from '../core.ts';
import { answers } from '../db/answers.ts';
import { checkDirectory } from '../directory/check-directory.ts';
import { systemClock } from '../lib/clock.ts';
import { checkSmtp } from '../notify/channels/check-smtp.ts';

interface Finding {
  readonly part: string;
  readonly ok: boolean;
  readonly text: string;
}

const fine = (part: string, text: string): Finding => ({ part, ok: true, text });
const bad = (part: string, error: unknown): Finding => ({
  part,
  ok: false,
  text: error instanceof Error ? error.message : String(error),
});

/** Looks at every part that the portal needs, one line each; exit code 1 when one of them fails. */
export async function doctor(): Promise<void> {
  const findings: Finding[] = [node()];
  let config: Config | undefined;
  try {
    config = loadConfig(process.env);
    findings.push(
      fine('settings', `firstline.yaml and environment are in order${config.sample ? '; sample mode' : ''}`),
    );
  } catch (error) {
    findings.push(bad('settings', error));
  }
  if (config) {
    findings.push(dataFolder(config), ...(await withDatabase(config)));
    findings.push(...(await directory(config)), await mail(config));
  }
  for (const { part, ok, text } of findings)
    console.log(`${ok ? 'ok  ' : 'FAIL'}  ${part.padEnd(10)} ${text}`);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

function node(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return major >= 24
    ? fine('node', process.versions.node)
    : bad('node', `${process.versions.node} is too old; 24 or newer is needed`);
}

function dataFolder({ dataDir }: Config): Finding {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
    return fine('data', dataDir);
  } catch {
    return bad('data', `${dataDir} cannot be written`);
  }
}

async function withDatabase(config: Config): Promise<Finding[]> {
  let core: Core;
  try {
    core = await openCore({ config, clock: systemClock, exclusive: false });
  } catch (error) {
    return [bad('database', error)];
  }
  try {
    const kind = core.db.dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL';
    const database = (await answers(core.db))
      ? fine('database', `${kind} answers, its schema is up to date`)
      : bad('database', `${kind} does not answer`);
    return [database];
  } finally {
    await core.db.close();
  }
}

const directory = async (config: Config): Promise<Finding[]> =>
  (await checkDirectory(config)).map(({ ok, text }) => ({ part: 'directory', ok, text }));

async function mail({ env, dataDir }: Config): Promise<Finding> {
  if (!env.SMTP_URL) return fine('mail', `no SMTP_URL; mails go into ${dataDir}/outbox`);
  try {
    await checkSmtp(env.SMTP_URL);
    return fine('mail', 'the mail server takes our sign-in');
  } catch (error) {
    return bad('mail', `the mail server of SMTP_URL does not take our mail: ${(error as Error).message}`);
  }
}
