import { z } from 'zod';
import type { Tx } from '../db/db.ts';
import type { JobKind } from '../jobs/contract.ts';
import type { FixesDeps } from './fixes.ts';
import type { FixKind, FixOutcome, RunFix } from './kind.ts';
import * as store from './store.ts';

const LEASE_MS = 10 * 60_000;

/** Carries runs out: lease → precheck → steps → verify → audit → a ticket when people must go on. */
export function createRunner(
  deps: FixesDeps,
  kinds: ReadonlyMap<string, FixKind>,
): Pick<JobKind<{ id: string }>, 'name'> {
  const { db, jobs, clock, log, tickets, audit } = deps;

  const job: JobKind<{ id: string }> = {
    name: 'fixes.run',
    payload: z.object({ id: z.string() }),
    // A repair is never repeated blindly: a second try only finds out that the first one was cut off.
    attempts: 2,
    leaseMs: LEASE_MS,
    async run({ id }, { attempt }) {
      const row = await store.runById(db.kysely, id);
      const kind = row && kinds.get(row.fix);
      if (!row || kind?.form !== 'run' || !['waiting', 'running'].includes(row.state)) return;
      if (attempt > 1 && row.state === 'running') return await end(row, 'unknown', 'interrupted');
      await carryOut(row, kind);
    },
  };
  jobs.define(job);

  async function carryOut(row: store.FixRunRow, kind: RunFix): Promise<void> {
    const now = clock.now();
    const begun = await db.tx(async (tx) => {
      if (!(await store.takeLease(tx, { target: row.target, runId: row.id, now, until: now + LEASE_MS })))
        return undefined;
      return await store.changeState(tx, row.id, { from: 'waiting', state: 'running' });
    });
    if (!begun) return await end(row, 'failed', 'busy');
    const input = kind.input.parse(JSON.parse(row.input));
    const steps = new Map(kind.steps.map((id) => [id, 'todo' as store.StepNow['state']]));
    const save = () =>
      store.saveSteps(
        db,
        row.id,
        [...steps].map(([id, state]) => ({ id, state })),
      );
    const step = async <T>(id: string, work: () => Promise<T>): Promise<T> => {
      steps.set(id, 'current');
      await save();
      try {
        const result = await work();
        steps.set(id, 'done');
        return result;
      } catch (error) {
        steps.set(id, 'failed');
        throw error;
      } finally {
        await save();
      }
    };
    try {
      const reason = await kind.precheck(input);
      if (reason) return await end(begun, 'failed', reason);
      await kind.run(input, { step });
      const last = kind.steps.at(-1) ?? 'verify';
      const outcome = await step(last, () => kind.verify(input));
      await end(begun, outcome, null);
    } catch (error) {
      log.warn({ err: error, run: row.id, fix: row.fix }, 'fixes: a run failed');
      await end(begun, 'failed', 'error');
    }
  }

  /** The one end of every run, with its audit row and, where people must go on, a ticket. */
  async function end(row: store.FixRunRow, outcome: FixOutcome, reason: string | null): Promise<void> {
    const now = clock.now();
    await db.tx(async (tx) => {
      const { state } = (await store.runById(tx, row.id)) ?? row;
      const ended = await store.changeState(tx, row.id, {
        from: state === 'waiting' ? 'waiting' : 'running',
        state: outcome,
        reason,
        finished_at: now,
      });
      await store.endLease(tx, row.id);
      if (!ended) return;
      await audit(tx, {
        actor: row.started_by,
        action: 'fixes.run',
        subject: row.target,
        details: { fix: row.fix, run: row.id, outcome, reason },
      });
      if (outcome !== 'fixed' && needsTicket(kinds.get(row.fix))) await openTicket(tx, ended, now);
    });
    log.info({ run: row.id, fix: row.fix, outcome, reason }, 'fixes');
  }

  async function openTicket(tx: Tx, row: store.FixRunRow, now: number): Promise<void> {
    const { number } = await tickets.open(tx, {
      key: `fix:${row.fix}:${row.target}:${Math.floor(now / 86_400_000)}`,
      summary: `Fix ${row.fix} on ${row.target}: ${row.state}`,
      lang: row.lang,
      channel: 'fix',
      impact: 2,
      urgency: 2,
      cause: `fixes.${row.state}`,
      evidence: {
        run: row.id,
        fix: row.fix,
        target: row.target,
        steps: store.stepsOf(row),
        reason: row.reason,
      },
      by: 'system:fixes',
      since: row.created_at,
    });
    await tx.updateTable('fix_run').set({ ticket: number }).where('id', '=', row.id).execute();
  }

  return job;
}

/** One that changes nothing leaves nothing to mend when it fails. */
const needsTicket = (kind: FixKind | undefined): boolean => kind !== undefined && kind.risk !== 'none';
