import type { OpenAPIHono } from '@hono/zod-openapi';
import { adminRoutes } from './access/admin/routes.ts';
import { auditRoutes } from './access/audit/routes.ts';
import { articleFileRoutes, articleRoutes } from './articles/routes.ts';
import type { Config } from './config/config.ts';
import type { Core } from './core.ts';
import type { Features } from './features.ts';
import { fixRoutes } from './fixes/routes.ts';
import { readAnswerForm, readHelpForm } from './help/form.ts';
import { helpRoutes } from './help/routes.ts';
import { searchRoutes } from './help/search-routes.ts';
import { incidentRoutes } from './incidents/routes.ts';
import type { Clock } from './lib/clock.ts';
import type { HttpEnv } from './lib/http-env.ts';
import { localText } from './lib/lang.ts';
import { eventRoutes } from './monitors/event-routes.ts';
import { monitorRoutes } from './monitors/routes.ts';
import { statusRoutes } from './monitors/status-routes.ts';
import { outboxFolder } from './notify/create-channel.ts';
import { createOutbox } from './notify/outbox.ts';
import { recoveryRoutes } from './recovery/routes.ts';
import type { Portal } from './site/portal.ts';
import { deskForm, requestForm } from './tickets/desk-form.ts';
import { ticketRoutes } from './tickets/routes.ts';

interface Parts {
  readonly config: Config;
  readonly core: Core;
  readonly clock: Clock;
  readonly features: Features;
}

/** What pages may ask for. `openApi` gives the document of the API that stands beside them. */
export function portalOf({ config, features }: Parts, openApi: NonNullable<Portal['openApi']>): Portal {
  const { access, admin, articles, desk, fixes, fixRuns, help, incidents } = features;
  const { meToo, monitors, notify, recovery, requests, search, status } = features;
  return {
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
    openApi,
    ...(config.sample ? { outbox: createOutbox(outboxFolder(config)) } : {}),
    desk: { ...desk, ...deskForm(desk) },
    requests: { ...requests, submit: requestForm(requests) },
    help: { ...help, readHelpForm, readAnswerForm },
  };
}

type Mounted = readonly (readonly [path: string, router: OpenAPIHono<HttpEnv>])[];

/** Each feature's API with the path it is mounted at. */
export function routesOf({ config, core, clock, features }: Parts): Mounted {
  const { access, admin, articles, desk, fixRuns, help, incidents, meToo, monitors, recovery, search } =
    features;
  return [
    ['/', ticketRoutes(desk)],
    ['/', helpRoutes(help, clock)],
    ['/api/v1', fixRoutes(fixRuns)],
    ['/api/v1/recovery', recoveryRoutes(recovery, config.org.recovery.minPasswordLength)],
    ['/api/v1/audit', auditRoutes(core.db, core.auditKey)],
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
  ];
}
