import { startPortal } from '../main.ts';
import { buildSite } from './build-site.ts';

/** Builds the pages where they are missing or old, starts, and stops cleanly on SIGTERM and SIGINT. */
export async function start(): Promise<void> {
  await buildSite({ force: false });
  const portal = await startPortal(process.env);
  const { config } = portal;
  console.log(
    `Firstline answers on ${config.baseUrl}${config.sample ? ' (sample mode: sample people, mail at /outbox)' : ''}`,
  );
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
