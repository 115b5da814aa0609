import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Access } from './access/contract.ts';
import { createApp, openApiHead } from './api/app.ts';
import { addJobMetrics, createMetrics } from './api/metrics.ts';
import { createPageCache } from './api/page-cache.ts';
import { type AstroHandler, pages } from './api/pages.ts';
import { type Config, loadConfig } from './config/config.ts';
import { openCore } from './core.ts';
import { createFeatures } from './features.ts';
import { createSchedule } from './jobs/clock-schedule.ts';
import { createJobs } from './jobs/create-jobs.ts';
import { systemClock } from './lib/clock.ts';
import { createLog } from './lib/log.ts';
import { listen, probePort } from './listen.ts';
import { portalOf, routesOf } from './surface.ts';

export interface Running {
  readonly config: Config;
  readonly port: number;
  readonly access: Access;
  stop(): Promise<void>;
}

/** The composition root: reads the configuration, opens the database, builds the features, starts clock and HTTP. */
export async function startPortal(
  variables: Readonly<Record<string, string | undefined>>,
  options: {
    readonly distDir?: string;
    /** Runs once all that can be refused has been checked, before the pages are loaded. */
    readonly prepare?: () => Promise<void>;
  } = {},
): Promise<Running> {
  const config = loadConfig(variables);
  const log = createLog(config.env.LOG_LEVEL);
  const clock = systemClock;
  await probePort(config);
  const core = await openCore({ config, clock, exclusive: true });
  const { db, access } = core;
  await options.prepare?.();
  const jobs = await createJobs({ db, clock, log });
  const schedule = createSchedule(log);
  const metrics = createMetrics();
  const { registry } = metrics;
  addJobMetrics(registry, jobs);
  let port = config.port;
  const features = await createFeatures({
    core,
    config,
    variables,
    clock,
    log,
    jobs,
    schedule,
    registry,
    port: () => port,
  });
  const { articles, monitors, status } = features;

  const parts = { config, core, clock, features };
  const portal = portalOf(parts, () => app.getOpenAPI31Document(openApiHead(config.baseUrl)));
  const dist = options.distDir ?? join(import.meta.dirname, '../dist');
  const { handler: astro } = (await import(pathToFileURL(join(dist, 'server/entry.mjs')).href)) as {
    handler: AstroHandler;
  };
  const cache = createPageCache({ articles: articles.version, status: status.version });
  const app = createApp({
    config,
    db,
    log,
    metrics,
    whoIs: access.whoIs,
    routes: routesOf(parts),
    cache,
    pages: pages({ config, clock, astro, portal, cache }),
    clientDir: join(dist, 'client'),
  });

  const isWorker = config.env.ROLES.includes('worker');
  if (isWorker) {
    await jobs.start();
    schedule.start();
  }
  const server = await listen(app.fetch, config).catch(async (error: unknown) => {
    await jobs.stop();
    await db.close();
    throw error;
  });
  port = server.port;
  // Only now: the portal is one of its own targets.
  await monitors.start(isWorker);

  return {
    config,
    port,
    access,
    async stop() {
      await schedule.stop();
      await monitors.stop();
      await server.close();
      await articles.close();
      await jobs.stop();
      features.channel.close();
      await db.close();
    },
  };
}
