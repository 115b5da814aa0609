import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createAdmin } from './access/admin/admin.ts';
import { auditHead } from './access/audit/store.ts';
import { loginsWithRole } from './access/store.ts';
import { countHelpRequests } from './api/metrics.ts';
import { createArticles } from './articles/articles.ts';
import type { Config } from './config/config.ts';
import type { Core } from './core.ts';
import { answers } from './db/answers.ts';
import { createFixCatalogue } from './fixes/catalogue.ts';
import { createFixes } from './fixes/fixes.ts';
import type { CheckAgain } from './fixes/kinds/run-check-again.ts';
import { createHelp } from './help/help.ts';
import { createHelpSearch, type HelpSearchDeps } from './help/search.ts';
import { anonymousContact } from './incidents/anonymous-contact.ts';
import { createMeToo } from './incidents/me-too.ts';
import type { Schedule } from './jobs/clock-schedule.ts';
import type { Jobs } from './jobs/contract.ts';
import type { Clock } from './lib/clock.ts';
import { newId } from './lib/id.ts';
import type { Problem } from './lib/problem.ts';
import { loopbackOf } from './listen.ts';
import { createMonitors, type Monitors } from './monitors/monitors.ts';
import { secretsFrom } from './monitors/secrets.ts';
import { createChannel } from './notify/create-channel.ts';
import { createNotify } from './notify/notify.ts';
import { createRecovery } from './recovery/recovery.ts';
import { agentsOf } from './tickets/agents-of.ts';
import { createDesk } from './tickets/desk.ts';
import { createRequestCookie } from './tickets/request-cookie.ts';
import { createRequests } from './tickets/requester.ts';
import { createTickets } from './tickets/tickets.ts';

/** What the process hands to its features. */
interface Parts {
  readonly core: Core;
  readonly config: Config;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly jobs: Jobs;
  readonly schedule: Schedule;
  readonly registry: Registry;
  /** Where the portal listens, once it does: it is one of its own targets. */
  readonly port: () => number;
}

export type Features = Awaited<ReturnType<typeof createFeatures>>;

/** What the fix that looks at a monitor at once needs of the monitors. */
const checkAgain = ({ engine }: Monitors): CheckAgain => ({
  async state(id) {
    const live = engine.monitors().get(id);
    return live && { isUp: live.state.health === 'UP', checkedAt: live.last?.at };
  },
  checkNow: engine.checkNow,
});

/** Builds every feature from plain parts, in the order in which they need each other, and puts their beats on the clock. */
export async function createFeatures(parts: Parts) {
  const { core, config, variables, clock, log, jobs, schedule, registry, port } = parts;
  const { db, directory, access, audit, auditKey } = core;
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
    registry: registry,
    portal: {
      dataDir: config.dataDir,
      commands: config.org.monitors.commands,
      address: () => ({
        host: loopbackOf(config.host),
        port: port(),
        name: new URL(config.baseUrl).host,
      }),
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
    onDecision: countHelpRequests(registry),
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
    services: async () => status.now(),
    problems: () => problems.flatMap((source) => source()),
  });
  schedule.every('access: remove what lapsed', '17 * * * *', access.cleanUp);
  // Outside of the database, so that cutting off the end of the trail can be noticed.
  schedule.every('audit: note the newest seal', '0 * * * *', async () =>
    log.info(await auditHead(db.kysely), 'audit: the newest seal'),
  );

  return {
    access,
    admin,
    articles,
    channel,
    desk,
    fixes,
    fixRuns,
    help,
    incidents,
    meToo,
    monitors,
    notify,
    recovery,
    requests,
    search,
    status,
  };
}
