import type { Config } from '../../config/config.ts';
import type { Db, Tx } from '../../db/db.ts';
import type { DeadJob, JobCounts, Jobs } from '../../jobs/contract.ts';
import type { AuditEntry } from '../../lib/audit.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LocalText } from '../../lib/lang.ts';
import type { Problem } from '../../lib/problem.ts';
import { isEditor, requireAdmin, type Who } from '../../lib/who.ts';
import type { Verdict } from '../audit/seal.ts';
import { type AuditFilter, type AuditRow, countAudit, listAudit, verifyAudit } from '../audit/store.ts';
import { type ConfigView, describeConfig } from './describe-config.ts';

const DAY_MS = 86_400_000;

/** A service as the overview needs it. */
interface WatchedService {
  readonly id: string;
  readonly name: LocalText;
  readonly state: 'up' | 'degraded' | 'down' | 'maintenance' | 'unknown' | 'paused';
  readonly since: number;
}

interface Overview {
  readonly databaseAnswers: boolean;
  readonly services: { readonly total: number; readonly notWell: readonly WatchedService[] };
  readonly jobs: {
    readonly waiting: number;
    readonly running: number;
    readonly dead: number;
    readonly oldestDueAt: number | undefined;
  };
  /** What the portal did by itself in the last 24 hours. */
  readonly automatic: { readonly count: number; readonly last: readonly AuditRow[] };
  readonly problems: readonly Problem[];
}

/** The admin's view of the portal. Each call checks who asks; editors see the problems of what they edit. */
export interface Admin {
  overview(who: Who): Promise<Overview>;
  problems(who: Who): readonly Problem[];
  jobs(who: Who): Promise<{ readonly counts: readonly JobCounts[]; readonly dead: readonly DeadJob[] }>;
  /** False when there is no dead letter of that id any more. */
  retryJob(who: Who, id: string): Promise<boolean>;
  configuration(who: Who): ConfigView;
  audit(who: Who, filter: AuditFilter): Promise<readonly AuditRow[]>;
  verifyAudit(who: Who): Promise<Verdict>;
}

interface Deps {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly config: Pick<Config, 'env' | 'org'>;
  readonly auditKey: Buffer;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
  readonly databaseAnswers: () => Promise<boolean>;
  readonly services: () => Promise<readonly WatchedService[]>;
  /** Mistakes in the files that people write, as they are now. */
  readonly problems: () => readonly Problem[];
}

export function createAdmin(deps: Deps): Admin {
  const { db, jobs, clock } = deps;

  function problems(who: Who): readonly Problem[] {
    if (!isEditor(who)) requireAdmin(who);
    const all = deps.problems();
    const isAdminToo = who.kind === 'person' && who.roles.includes('admin');
    return isAdminToo ? all : all.filter(({ file }) => file.startsWith('content/'));
  }

  return {
    problems,
    async overview(who) {
      requireAdmin(who);
      const automatic = { automatic: true, since: clock.now() - DAY_MS };
      const [databaseAnswers, services, counts, count, last] = await Promise.all([
        deps.databaseAnswers(),
        deps.services(),
        jobs.counts(),
        countAudit(db.kysely, automatic),
        listAudit(db.kysely, { ...automatic, limit: 10 }),
      ]);
      return {
        databaseAnswers,
        services: {
          total: services.length,
          notWell: services.filter(({ state }) => state !== 'up' && state !== 'paused'),
        },
        jobs: totals(counts),
        automatic: { count, last },
        problems: problems(who),
      };
    },
    async jobs(who) {
      requireAdmin(who);
      const [counts, dead] = await Promise.all([jobs.counts(), jobs.dead(200)]);
      return { counts, dead };
    },
    async retryJob(who, id) {
      const admin = requireAdmin(who);
      const job = (await jobs.dead(1_000)).find((dead) => dead.id === id);
      if (!job || !(await jobs.retryDead(id))) return false;
      await db.tx((tx) =>
        deps.audit(tx, {
          actor: admin.login,
          action: 'jobs.retry',
          subject: id,
          details: { kind: job.kind },
        }),
      );
      return true;
    },
    configuration(who) {
      requireAdmin(who);
      return describeConfig(deps.config);
    },
    async audit(who, filter) {
      requireAdmin(who);
      return await listAudit(db.kysely, filter);
    },
    async verifyAudit(who) {
      requireAdmin(who);
      return await verifyAudit(db, deps.auditKey);
    },
  };
}

function totals(counts: readonly JobCounts[]): Overview['jobs'] {
  const due = counts.map((row) => row.oldestDueAt).filter((at) => at !== null);
  const sum = (pick: (row: JobCounts) => number): number =>
    counts.reduce((total, row) => total + pick(row), 0);
  return {
    waiting: sum((row) => row.waiting),
    running: sum((row) => row.running),
    dead: sum((row) => row.dead),
    oldestDueAt: due.length > 0 ? Math.min(...due) : undefined,
  };
}
