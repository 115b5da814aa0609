import { writeFileSync } from 'node:fs';
import { startPortal } from '../main.ts';
import { buildSiteBeside } from './build-site.ts';
import { addressFile } from './with-core.ts';

/** Builds the pages where they are missing or old, starts, and stops cleanly on SIGTERM and SIGINT. */
export async function start(): Promise<void> {
  const portal = await startPortal(process.env, { prepare: buildSiteBeside });
  const { config } = portal;
  console.log(
    `Firstline answers on ${config.baseUrl}${config.sample ? ' (sample mode: sample people, mail at /outbox)' : ''}`,
  );
  writeFileSync(addressFile(config.dataDir), `${config.baseUrl}\n`);
  const link = await portal.access.firstAdminLink();
  // On the console only, never in the log.
  if (link) console.log(`Sign in as the first admin, once, within 15 minutes: ${link}`);
  else if (!config.sample && !(await portal.access.hasAdmin()))
    console.log('Nobody is an admin yet: npx firstline user role <login> grant admin');
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // A second signal does not wait any longer.
      if (stopping) process.exit(1);
      stopping = true;
      void portal.stop().then(() => process.exit(0));
    });
  }
}
