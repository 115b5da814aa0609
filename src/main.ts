import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { createAdmin } from './access/admin/admin.ts';
import { adminRoutes } from './access/admin/routes.ts';
import { auditRoutes } from './access/audit/routes.ts';
import { auditHead } from './access/audit/store.ts';
import type { Access } from './access/contract.ts';
import { loginsWithRole } from './access/store.ts';
import { createApp, openApiHead } from './api/app.ts';
import { addJobMetrics, countHelpRequests, createMetrics } from './api/metrics.ts';
import { createPageCache } from './api/page-cache.ts';
import { type AstroHandler, pages } from './api/pages.ts';
import { createArticles } from './articles/articles.ts';
import { articleFileRoutes, articleRoutes } from './articles/routes.ts';
import { type Config, loadConfig } from './config/config.ts';
import { openCore } from './core.ts';
import { answers } from './db/answers.ts';
import { createFixCatalogue } from './fixes/catalogue.ts';
import { createFixes } from './fixes/fixes.ts';
import type { CheckAgain } from './fixes/kinds/run-check-again.ts';
import { fixRoutes } from './fixes/routes.ts';
import { readAnswerForm, readHelpForm } from './help/form.ts';
import { createHelp } from './help/help.ts';
import { helpRoutes } from './help/routes.ts';
import { createHelpSearch, type HelpSearchDeps } from './help/search.ts';
import { searchRoutes } from './help/search-routes.ts';
import { anonymousContact } from './incidents/anonymous-contact.ts';
import { createMeToo } from './incidents/me-too.ts';
import { incidentRoutes } from './incidents/routes.ts';
import { createSchedule } from './jobs/clock-schedule.ts';
import { createJobs } from './jobs/create-jobs.ts';
import { FatalError } from './lib/app-error.ts';
import { systemClock } from './lib/clock.ts';
import { newId } from './lib/id.ts';
import { localText } from './lib/lang.ts';
import { createLog } from './lib/log.ts';
import type { Problem } from './lib/problem.ts';
import { eventRoutes } from './monitors/event-routes.ts';
import { createMonitors, type Monitors } from './monitors/monitors.ts';
import { monitorRoutes } from './monitors/routes.ts';
import { secretsFrom } from './monitors/secrets.ts';
import { statusRoutes } from './monitors/status-routes.ts';
import { createChannel, outboxFolder } from './notify/create-channel.ts';
import { createNotify } from './notify/notify.ts';
import { createOutbox } from './notify/outbox.ts';
import { createRecovery } from './recovery/recovery.ts';
import { recoveryRoutes } from './recovery/routes.ts';
import type { Portal } from './site/portal.ts';
import { agentsOf } from './tickets/agents-of.ts';
import { createDesk } from './tickets/desk.ts';
import { deskForm, requestForm } from './tickets/desk-form.ts';
import { createRequestCookie } from './tickets/request-cookie.ts';
import { createRequests } from './tickets/requester.ts';
import { ticketRoutes } from './tickets/routes.ts';
import { createTickets } from './tickets/tickets.ts';

export interface Running {
  readonly config: Config;
  readonly port: number;
  readonly access: Access;
  stop(): Promise<void>;
}

/** What the fix that looks at a monitor at once needs of the monitors. */
const checkAgain = ({ engine }: Monitors): CheckAgain => ({
  async state(id) {
    const live = engine.monitors().get(id);
    return live && { isUp: live.state.health === 'UP', checkedAt: live.last?.at };
  },
  checkNow: engine.checkNow,
});

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
  const { db, directory, access, audit, auditKey } = await openCore({ config, clock, exclusive: true });
  await options.prepare?.();
  const jobs = await createJobs({ db, clock, log });
  const schedule = createSchedule(log);
  const metrics = createMetrics();
  addJobMetrics(metrics.registry, jobs);

  const channel = createChannel(config);
  const notify = createNotify({ db, jobs, clock, log, channel, secret: config.secret });
  const tickets = createTickets({
    db,
    clock,
    config,
    notify,
    audit,
    agentsOf: agentsOf({ directory, loginsWithRole: (role) => loginsWithRole(db.kysely, role) }),
  });
  schedule.every('tickets: warn about deadlines, close what is solved', '*/15 * * * * *', tickets.beat);
  const { endSessions } = access;
  const recovery = createRecovery({
    db,
    jobs,
    clock,
    log,
    config,
    directory,
    notify,
    tickets,
    audit,
    endSessions,
    secondFactor: { has: access.hasSecondFactor, check: access.checkSecondFactor },
  });
  schedule.every('notify: forget what was delivered long ago', '23 3 * * *', notify.purge);
  schedule.every('recovery: let proofs lapse', '* * * * *', recovery.tidy);

  const { languages, defaultLanguage } = config.org.organisation;
  let port = config.port;
  const monitors = createMonitors({
    db,
    clock,
    log,
    audit,
    tickets,
    root: config.root,
    secrets: secretsFrom(variables),
    lang: defaultLanguage,
    holder: newId(),
    alone: db.dialect === 'sqlite',
    registry: metrics.registry,
    portal: {
      dataDir: config.dataDir,
      commands: config.org.monitors.commands,
      address: () => ({ host: loopbackOf(config.host), port, name: new URL(config.baseUrl).host }),
      askDatabase: async () => {
        if (!(await answers(db))) throw new Error('no answer');
      },
    },
  });
  const { status, incidents } = monitors;
  const meToo = createMeToo(incidents, anonymousContact(config));
  schedule.every('monitors: beat', '* * * * * *', monitors.beat);

  const fixes = createFixCatalogue(config.org.fixes.enabled);
  const fixRuns = createFixes({
    db,
    jobs,
    clock,
    log,
    tickets,
    audit,
    parts: { recovery, checks: checkAgain(monitors) },
    enabled: config.org.fixes.enabled,
    isSwitchedOff: config.env.FIXES === 'off' || !config.org.fixes.automatic,
  });
  const articles = await createArticles({
    db,
    clock,
    log,
    newId,
    contentDir: join(config.root, 'content'),
    dataDir: config.dataDir,
    languages,
    defaultLanguage,
    editUrl: config.org.articles.editUrl,
    fixIds: fixes.ids,
    fixTitle: fixes.title,
    serviceIds: () => status.names(defaultLanguage, true).map(({ id }) => id),
  });
  await articles.watch();
  const openIncidents: HelpSearchDeps['incidents'] = async (lang) =>
    incidents.open(lang).map(({ id, url, title, services, openedAt }) => ({
      id,
      url,
      title,
      services: services.map((service) => service.id),
      serviceNames: services.map((service) => service.name),
      since: openedAt,
    }));
  const search = createHelpSearch({
    articles: articles.search,
    fixes: fixes.list,
    incidents: openIncidents,
  });

  const requestCookie = createRequestCookie(config.secret, config.baseUrl);
  const isArticle = (id: string) =>
    articles.get(defaultLanguage, id, { kind: 'system', name: 'desk' }).kind === 'found';
  const desk = createDesk({ db, clock, tickets, audit, isArticle });
  const requests = createRequests({ db, clock, tickets, cookie: requestCookie, audit });
  const help = createHelp({
    db,
    clock,
    log,
    config,
    tickets,
    requestCookie,
    selfService: { search, incidents: openIncidents },
    joinIncident: incidents.join,
    audit,
    onDecision: countHelpRequests(metrics.registry),
  });
  schedule.every('help: decide what a crash left undecided', '30 * * * * *', help.beat);

  const problems: (() => readonly Problem[])[] = [monitors.problems, articles.problems, fixes.problems];
  const admin = createAdmin({
    db,
    jobs,
    clock,
    config,
    audit,
    auditKey,
    databaseAnswers: () => answers(db),
    services: async () => (await portal.services?.()) ?? [],
    problems: () => problems.flatMap((source) => source()),
  });
  schedule.every('access: remove what lapsed', '17 * * * *', access.cleanUp);
  // Outside of the database, so that cutting off the end of the trail can be noticed.
  schedule.every('audit: note the newest seal', '0 * * * *', async () =>
    log.info(await auditHead(db.kysely), 'audit: the newest seal'),
  );

  const portal: Portal = {
    org: config.org,
    sample: config.sample,
    baseUrl: config.baseUrl,
    articles,
    search,
    access,
    admin,
    recovery,
    isMailLate: notify.isLate,
    fixRuns,
    status,
    incidents,
    monitors,
    meToo,
    services: async () => status.now(),
    fixesFor: fixes.list,
    openApi: () => app.getOpenAPI31Document(openApiHead(config.baseUrl)),
    ...(config.sample ? { outbox: createOutbox(outboxFolder(config)) } : {}),
    desk: { ...desk, ...deskForm(desk) },
    requests: { ...requests, submit: requestForm(requests) },
    help: { ...help, readHelpForm, readAnswerForm },
  };

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
    routes: [
      ['/', ticketRoutes(desk)],
      ['/', helpRoutes(help, clock)],
      ['/api/v1', fixRoutes(fixRuns)],
      ['/api/v1/recovery', recoveryRoutes(recovery, config.org.recovery.minPasswordLength)],
      ['/api/v1/audit', auditRoutes(db, auditKey)],
      ['/api/v1/admin', adminRoutes(admin, access)],
      ['/', articleFileRoutes(articles)],
      ['/api/v1', articleRoutes(articles)],
      ['/api/v1', searchRoutes(search)],
      ['/', monitorRoutes(monitors)],
      ['/', incidentRoutes(incidents, meToo)],
      [
        '/',
        statusRoutes(monitors, {
          name: (lang) => localText(config.org.organisation.name, lang),
          baseUrl: config.baseUrl,
          timeZone: config.org.organisation.timezone,
        }),
      ],
      ['/', eventRoutes(monitors)],
    ],
    cache,
    pages: pages({ config, clock, astro, portal, cache }),
    clientDir: join(dist, 'client'),
  });

  if (config.env.ROLES.includes('worker')) {
    await jobs.start();
    schedule.start();
  }
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { headersTimeout: 10_000, requestTimeout: 30_000 },
  });
  server.listen(config.port, config.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    await jobs.stop();
    await db.close();
    throw listenError(error, config);
  }
  const address = server.address();
  if (typeof address === 'object' && address) port = address.port;
  // Only now: the portal is one of its own targets.
  await monitors.start(config.env.ROLES.includes('worker'));

  return {
    config,
    port,
    access,
    async stop() {
      await schedule.stop();
      await monitors.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      // Open event streams would keep the server for ever; after a moment for running answers they are cut.
      const cut = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 3_000);
      await closed;
      clearTimeout(cut);
      await articles.close();
      await jobs.stop();
      channel.close();
      await db.close();
    },
  };
}

/** Where a process reaches itself when it listens on all addresses. */
const loopbackOf = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;

/** Before anything is opened or built: is the place free where we want to listen? */
async function probePort(config: Config): Promise<void> {
  const probe = createServer();
  probe.listen(config.port, config.host);
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw listenError(error, config);
  }
  probe.close();
  await once(probe, 'close');
}

function listenError(error: unknown, config: Config): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    return new FatalError(`Port ${config.port} is already in use. Stop the other program, or set PORT.`);
  if (code === 'EACCES')
    return new FatalError(`Port ${config.port} may not be used by this user. Set PORT to one above 1023.`);
  if (code === 'EADDRNOTAVAIL')
    return new FatalError(`The address ${config.host} is not one of this machine. Set HOST.`);
  return error;
}
