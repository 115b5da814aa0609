import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Db, Tx } from '../db/db.ts';
import { translator } from '../i18n/words.ts';
import { createIncidents, type Incidents } from '../incidents/incidents.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import type { Lang } from '../lib/lang.ts';
import { localText } from '../lib/lang.ts';
import type { Problem } from '../lib/problem.ts';
import type { TicketDesk } from '../tickets/contract.ts';
import { createDayBook } from './day-book.ts';
import { openTickets } from './down-tickets.ts';
import { createEngine, type Engine } from './engine.ts';
import type { PortalUnderWatch } from './kind.ts';
import { tokenOf } from './kinds/heartbeat.ts';
import { openLiveCatalogue } from './live-catalogue.ts';
import { addMonitorMetrics } from './metrics.ts';
import { type MonitorDetail, type MonitorView, monitorDetail, monitorView } from './monitor-view.ts';
import type { Secrets } from './secrets.ts';
import { createStatus, type Status } from './status.ts';
import { readHeartbeat, writeHeartbeat } from './store.ts';

/** Monitors, incidents and status as one: what `main` builds and hands on. */
export interface Monitors {
  readonly status: Status;
  readonly incidents: Incidents;
  readonly engine: Engine;
  problems(): readonly Problem[];
  list(lang: Lang): readonly MonitorView[];
  detail(id: string, lang: Lang): Promise<MonitorDetail | undefined>;
  /** A job reports. Throws `monitors.unknown-heartbeat`. */
  heartbeat(
    token: string,
    beat: { readonly ok: boolean; readonly message?: string | undefined },
  ): Promise<void>;
  /** Called after every change that pages could show. Returns how to stop. */
  onChange(listener: () => void): () => void;
  start(watch: boolean): Promise<void>;
  /** Once a second, by the clock. */
  beat(): Promise<void>;
  stop(): Promise<void>;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly root: string;
  readonly secrets: Secrets;
  readonly lang: Lang;
  readonly holder: string;
  readonly portal: Omit<PortalUnderWatch, 'lastBeat'>;
  readonly audit?: (tx: Tx, entry: AuditEntry) => Promise<void>;
  readonly tickets?: TicketDesk;
  readonly registry?: Registry;
  readonly watchFiles?: boolean;
  /** No other process can be on this database. */
  readonly alone?: boolean;
  /** For tests; else performance.now and Math.random. */
  readonly mono?: () => number;
  readonly random?: () => number;
}

const BEATS_PER_MINUTE = 60;

export function createMonitors(deps: Deps): Monitors {
  const { db, clock, log } = deps;
  const files = openLiveCatalogue({ ...deps, watchFiles: deps.watchFiles ?? true });
  const listeners = new Set<() => void>();
  let changes = 0;
  let beats = 0;

  function changed(): void {
    changes++;
    for (const listener of listeners) listener();
  }

  const service = (id: string) => files.current().services.get(id);
  const incidents = createIncidents({
    db,
    clock,
    audit: deps.audit,
    serviceName: (id, lang) => localText(service(id)?.name ?? id, lang),
    isService: (id) => service(id) !== undefined,
    onChange: changed,
  });
  const portal: PortalUnderWatch = { ...deps.portal, lastBeat: (id) => readHeartbeat(db.kysely, id) };
  const engine = createEngine({
    ...deps,
    alone: deps.alone ?? false,
    mono: deps.mono ?? (() => performance.now()),
    random: deps.random ?? Math.random,
    catalogue: files.current,
    incidents,
    portal,
    onChange: changed,
  });
  const dayBook = createDayBook({ db, clock, log, catalogue: files.current, live: engine.monitors });
  const status = createStatus({
    clock,
    catalogue: files.current,
    live: engine.monitors,
    incidents,
    days: dayBook.days,
    changes: () => changes,
  });
  if (deps.registry) addMonitorMetrics(deps.registry, engine);

  files.onChange(() => {
    void engine
      .takeOver()
      .catch((error: unknown) => log.error({ err: error }, 'monitors: new files not taken over'));
  });

  /** By the hash of the token, so that neither lookup nor memory dump gives one away. */
  function monitorOfToken(token: string): string | undefined {
    const wanted = hash(token);
    for (const { id, kind, settings } of files.current().monitors.values())
      if (kind.kind === 'heartbeat' && hash(tokenOf(settings)) === wanted) return id;
    return undefined;
  }

  async function everyMinute(): Promise<void> {
    if (await dayBook.roll()) changed();
    if (deps.tickets) {
      const { tickets, lang } = deps;
      const opened = await openTickets({
        db,
        clock,
        tickets,
        incidents,
        lang,
        live: engine.monitors(),
        t: translator(lang),
        services: files.current().services,
      });
      if (opened > 0) await incidents.refresh();
    }
  }

  return {
    status,
    incidents,
    engine,
    problems: files.problems,
    list: (lang) => [...engine.monitors().values()].map((one) => monitorView(one, lang)),
    async detail(id, lang) {
      const one = engine.monitors().get(id);
      return one && monitorDetail(db.kysely, one, lang, clock.now());
    },
    async heartbeat(token, { ok, message }) {
      const monitor = monitorOfToken(token);
      if (!monitor) throw new AppError('monitors.unknown-heartbeat', { status: 404 });
      await writeHeartbeat(db.kysely, monitor, {
        at: clock.now(),
        ok,
        ...(message === undefined ? {} : { message }),
      });
      engine.checkNow(monitor);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async start(watch) {
      await dayBook.load();
      await engine.start(watch);
      if (watch && engine.watches()) await everyMinute();
    },
    async beat() {
      await engine.beat();
      beats++;
      if (beats % BEATS_PER_MINUTE === 0 && engine.watches()) await everyMinute();
    },
    async stop() {
      await files.close();
      await engine.stop();
    },
  };
}

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');
