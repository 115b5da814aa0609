import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Db, Tx } from '../db/db.ts';
import type { Jobs } from '../jobs/contract.ts';
import { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import type { Lang } from '../lib/lang.ts';
import { InvalidInput } from '../lib/router.ts';
import { actorOf, isAdmin, isAgent, type Who } from '../lib/who.ts';
import type { TicketDesk } from '../tickets/contract.ts';
import { guard } from './guards.ts';
import type { Asking, Audience, FixKind, FlowFix, RunFix } from './kind.ts';
import { type FixParts, fixKinds } from './kinds/index.ts';
import { createRunner } from './run.ts';
import type { FixView, RunView } from './schema.ts';
import * as store from './store.ts';
import { fixView, runView } from './view.ts';

export interface FixesDeps {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tickets: TicketDesk;
  readonly audit: (tx: Tx, entry: AuditEntry) => Promise<void>;
  readonly parts: FixParts;
  /** Ids of `firstline.yaml`. */
  readonly enabled: readonly string[];
  /** `FIXES=off` or `fixes.automatic: false`. */
  readonly isSwitchedOff: boolean;
}

export interface Started {
  readonly run: RunView;
  readonly cookies: readonly string[];
}

export interface Automatic {
  readonly fix: string;
  readonly input: Readonly<Record<string, string>>;
  /** Who starts it: `system:<part>`. */
  readonly by: string;
}

export interface Fixes {
  /** What this person may start. */
  list(lang: Lang, who: Who): readonly FixView[];
  /** Undefined for one that does not exist, is not enabled or not for this person. */
  get(id: string, lang: Lang, who: Who): FixView | undefined;
  /** Throws AppErrors: unknown, not allowed, wrong input, over budget. */
  start(id: string, input: unknown, asking: Asking): Promise<Started>;
  /** For monitors, in their transaction. The reason when it may not begin. */
  startAutomatic(tx: Tx, automatic: Automatic): Promise<string | undefined>;
  run(id: string, lang: Lang, cookies: string | null): Promise<RunView | undefined>;
  recent(lang: Lang, limit?: number): Promise<readonly RunView[]>;
}

/** The catalogue of repairs and their runner: proof → precheck → run → verify → audit → a ticket when it failed. */
export function createFixes(deps: FixesDeps): Fixes {
  const { db, jobs, clock } = deps;
  const all = fixKinds(deps.parts);
  const kinds: ReadonlyMap<string, FixKind> = new Map(
    Object.entries(all).filter(([id]) => deps.enabled.includes(id) || id === 'run-check-again'),
  );

  const job = createRunner(deps, kinds);

  function allowed(id: string, who: Who): FixKind {
    const kind = kinds.get(id);
    if (!kind) throw new AppError('fixes.unknown', { status: 404 });
    if (!isFor(kind.audience, who)) {
      const isSignedOut = who.kind === 'anonymous';
      throw new AppError(isSignedOut ? 'access.sign-in-required' : 'access.forbidden', {
        status: isSignedOut ? 401 : 403,
      });
    }
    return kind;
  }

  async function begin(kind: FlowFix, input: unknown, asking: Asking): Promise<Started> {
    const { next, cookies } = await kind.begin(input, asking);
    const isOver = kind.proof === 'none';
    const steps = kind.steps.map((id, index) => ({
      id,
      state: isOver || index === 0 ? ('done' as const) : ('todo' as const),
    }));
    const now = clock.now();
    const row: store.FixRunTable = {
      id: randomUUID(),
      fix: kind.id,
      target: `flow:${kind.id}`,
      started_by: actorOf(asking.who),
      trigger: 'person',
      lang: asking.lang,
      // Whose account it is about stays in the flow, which keeps it from everybody.
      input: '{}',
      state: isOver ? 'fixed' : 'waiting',
      steps: JSON.stringify(steps),
      reason: null,
      ticket: null,
      created_at: now,
      finished_at: isOver ? now : null,
    };
    await db.tx((tx) => store.insertRun(tx, row));
    return { run: { ...runView(row, steps, asking.lang), next }, cookies };
  }

  interface Enqueue {
    readonly kind: RunFix;
    readonly input: unknown;
    readonly asking: Asking;
    readonly trigger: 'person' | 'automatic';
  }

  /** A row and a job in one transaction, or the reason why not. */
  async function enqueue(
    tx: Tx,
    { kind, input, asking, trigger }: Enqueue,
  ): Promise<store.FixRunTable | string> {
    const now = clock.now();
    const target = kind.target(input, asking);
    const past = await store.pastRuns(tx, kind.id, now);
    const { isSwitchedOff } = deps;
    const isAutomatic = trigger === 'automatic';
    const reason = guard({
      target,
      now,
      isAutomatic,
      isSwitchedOff,
      past,
      ...(kind.budget ? { budget: kind.budget } : {}),
    });
    if (reason) return reason;
    const row: store.FixRunTable = {
      id: randomUUID(),
      fix: kind.id,
      target,
      started_by: actorOf(asking.who),
      trigger,
      lang: asking.lang,
      input: JSON.stringify(kind.keep(input)),
      state: 'waiting',
      steps: JSON.stringify(kind.steps.map((id) => ({ id, state: 'todo' }))),
      reason: null,
      ticket: null,
      created_at: now,
      finished_at: null,
    };
    await store.insertRun(tx, row);
    await jobs.enqueue(tx, job, { id: row.id }, { key: row.id });
    return row;
  }

  function parsed(kind: FixKind, input: unknown): unknown {
    const result = kind.input.safeParse(input);
    if (result.success) return result.data;
    throw new InvalidInput(result.error);
  }

  return {
    list: (lang, who) =>
      [...kinds.values()].filter((kind) => isFor(kind.audience, who)).map((kind) => fixView(kind, lang)),
    get(id, lang, who) {
      const kind = kinds.get(id);
      return kind && isFor(kind.audience, who) ? fixView(kind, lang) : undefined;
    },
    async start(id, given, asking) {
      const kind = allowed(id, asking.who);
      const input = parsed(kind, given);
      if (kind.form === 'flow') return await begin(kind, input, asking);
      const row = await db.tx((tx) => enqueue(tx, { kind, input, asking, trigger: 'person' }));
      if (typeof row === 'string') throw new AppError(`fixes.${row}`, { status: 429 });
      return { run: runView(row, store.stepsOf(row), asking.lang), cookies: [] };
    },
    async startAutomatic(tx, { fix, input: given, by }) {
      const kind = kinds.get(fix);
      if (kind?.form !== 'run') return 'unknown';
      const asking: Asking = {
        who: { kind: 'system', name: by.replace(/^system:/, '') },
        lang: 'en',
        ip: '',
      };
      const row = await enqueue(tx, { kind, input: parsed(kind, given), asking, trigger: 'automatic' });
      return typeof row === 'string' ? row : undefined;
    },
    async run(id, lang, cookies) {
      const row = await store.runById(db.kysely, id);
      const kind = row && kinds.get(row.fix);
      if (!row || !kind) return undefined;
      if (kind.form === 'run' || row.state !== 'waiting') return runView(row, store.stepsOf(row), lang);
      const at = await kind.progress(cookies);
      const steps = kind.steps.map((step, index) => ({
        id: step,
        state: index < (at?.done ?? 1) ? ('done' as const) : ('todo' as const),
      }));
      const now = { ...row, state: at?.outcome ?? row.state, ticket: at?.ticket ?? null };
      return { ...runView(now, steps, lang), next: `/${lang}${kind.page}` };
    },
    async recent(lang, limit = 50) {
      const rows = await store.recentRuns(db.kysely, limit);
      return rows.map((row) => runView(row, store.stepsOf(row), lang));
    },
  };
}

function isFor(audience: Audience, who: Who): boolean {
  switch (audience) {
    case 'everyone':
      return true;
    case 'staff':
      return who.kind === 'person';
    case 'agents':
      return isAgent(who);
    case 'admins':
      return isAdmin(who);
  }
}
