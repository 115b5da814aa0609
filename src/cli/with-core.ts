import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadConfig } from '../config/config.ts';
import { type Core, openCore } from '../core.ts';
import { FatalError } from '../lib/app-error.ts';
import { systemClock } from '../lib/clock.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The running portal leaves its address here, so that commands beside it print links that work. */
export const addressFile = (dataDir: string): string => join(dataDir, 'address');

/** The configuration of the portal that this command stands beside. */
export function configBeside(variables: Variables): Config {
  const config = loadConfig(variables);
  if (variables.PORT || variables.BASE_URL) return config;
  const file = addressFile(config.dataDir);
  const address = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return URL.canParse(address) ? { ...config, baseUrl: address } : config;
}

/** Opens what the portal stands on, beside it, and closes it afterwards. */
export async function withCore<T>(
  variables: Variables,
  work: (core: Core, config: Config) => Promise<T>,
): Promise<T> {
  const config = configBeside(variables);
  if (!config.env.DATABASE_URL && !existsSync(join(config.dataDir, 'firstline.db'))) {
    throw new FatalError(
      `There is no portal in the data folder ${config.dataDir} yet. Start it once with "npm start", or set DATA_DIR or DATABASE_URL.`,
    );
  }
  const core = await openCore({ config, clock: systemClock, exclusive: false });
  try {
    return await work(core, config);
  } finally {
    await core.db.close();
  }
}
