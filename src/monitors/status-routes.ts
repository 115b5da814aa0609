import type { OpenAPIHono } from '@hono/zod-openapi';
import { translator } from '../i18n/words.ts';
import type { HttpEnv } from '../lib/http-env.ts';
import { isLang, type Lang } from '../lib/lang.ts';
import { newRouter } from '../lib/router.ts';
import type { Monitors } from './monitors.ts';
import {
  componentsJson,
  incidentJson,
  maintenanceJson,
  type PageFacts,
  pageJson,
  statusJson,
} from './status-json.ts';

interface Organisation {
  readonly name: (lang: Lang) => string;
  readonly baseUrl: string;
  readonly timeZone: string;
}

const UNRESOLVED = new Set(['investigating', 'identified', 'monitoring']);

/**
 * The status as JSON in the shape that existing clients of status pages read. In English unless `?lang` asks for
 * another language: a client has no language of its own.
 */
export function statusRoutes({ status, incidents }: Monitors, org: Organisation): OpenAPIHono<HttpEnv> {
  const router = newRouter();

  const facts = (lang: Lang): PageFacts => ({
    id: 'firstline',
    name: org.name(lang),
    baseUrl: org.baseUrl,
    timeZone: org.timeZone,
    asOf: status.asOf(),
  });

  const parts = {
    status: (lang: Lang) => {
      const overall = status.overall();
      return statusJson(overall, translator(lang)(`status.overall.${overall}`));
    },
    components: (lang: Lang) => componentsJson(status.services(lang), facts(lang)),
    incidents: (lang: Lang) => incidents.recent(lang).map((one) => incidentJson(one, facts(lang))),
    maintenances: (lang: Lang) => incidents.maintenance(lang).map((one) => maintenanceJson(one, facts(lang))),
  };
  const unresolved = (lang: Lang) => parts.incidents(lang).filter((one) => UNRESOLVED.has(one.status));
  const planned = (lang: Lang, ...wanted: readonly string[]) =>
    parts.maintenances(lang).filter((one) => wanted.includes(one.status));

  const answers: Readonly<Record<string, (lang: Lang) => object>> = {
    'summary.json': (lang) => ({
      status: parts.status(lang),
      components: parts.components(lang),
      incidents: unresolved(lang),
      scheduled_maintenances: planned(lang, 'scheduled', 'in_progress'),
    }),
    'status.json': (lang) => ({ status: parts.status(lang) }),
    'components.json': (lang) => ({ components: parts.components(lang) }),
    'incidents.json': (lang) => ({ incidents: parts.incidents(lang).slice(0, 50) }),
    'incidents/unresolved.json': (lang) => ({ incidents: unresolved(lang) }),
    'scheduled-maintenances.json': (lang) => ({ scheduled_maintenances: parts.maintenances(lang) }),
    'scheduled-maintenances/upcoming.json': (lang) => ({
      scheduled_maintenances: planned(lang, 'scheduled'),
    }),
    'scheduled-maintenances/active.json': (lang) => ({
      scheduled_maintenances: planned(lang, 'in_progress'),
    }),
  };
  for (const [path, answer] of Object.entries(answers)) {
    router.get(`/api/v2/${path}`, (c) => {
      const asked = c.req.query('lang');
      const lang = isLang(asked) ? asked : 'en';
      // Public data, made to be read by other pages; no cookie is looked at.
      c.header('access-control-allow-origin', '*');
      c.header('cache-control', 'no-cache');
      return c.json({ page: pageJson(facts(lang)), ...answer(lang) });
    });
  }
  return router;
}
