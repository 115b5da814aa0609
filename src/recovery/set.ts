import { setTimeout as sleep } from 'node:timers/promises';
import { type DirectoryPerson, DirectoryUnavailable, type SetPasswordResult } from '../directory/contract.ts';
import { AppError } from '../lib/app-error.ts';
import { newId } from '../lib/id.ts';
import { LANGS, localText } from '../lib/lang.ts';
import type { Recovery, RecoveryDeps, SetResult } from './contract.ts';
import { accountProblem } from './eligible.ts';
import { openTicket } from './escalate.ts';
import type { Finish } from './finish.ts';
import { LEASE_MS, leaseKey, momentOf } from './parts.ts';
import { normalisePassword, passwordRefusal } from './password-rules.ts';
import type { Reconcile } from './reconcile.ts';
import { REQUEST_SETTINGS, type RequestEvent } from './request.ts';
import { hashToken } from './secrets.ts';
import * as store from './store.ts';

/** How long a second try waits for the first one of the same account. */
const LEASE_PATIENCE_MS = 3_000;

interface Work {
  /** What is asked of the directory. */
  readonly apply: (accountId: string) => Promise<SetPasswordResult>;
  /** Fresh evidence that it worked. */
  readonly prove: (accountId: string) => Promise<'ok' | 'not-ok' | 'unavailable'>;
}

/** The third step: claim, re-check, ask the directory, and believe only a bind with the new password. */
export function createSet(
  deps: RecoveryDeps,
  { finish, watch }: Finish & Reconcile,
): Pick<Recovery, 'setPassword' | 'unlock'> {
  const { db, clock, log, config, directory } = deps;

  async function proved(cookie: string | undefined): Promise<store.RequestRow> {
    const row = cookie ? await store.requestByCookie(db.kysely, hashToken(cookie)) : undefined;
    if (row?.state === 'setting' || row?.state === 'applied')
      throw new AppError('recovery.busy', { status: 409 });
    if (row?.state !== 'proved' || row.expires_at <= clock.now())
      throw new AppError('recovery.no-proof', { status: 401 });
    if (row.factor === 'pending') throw new AppError('recovery.factor-required', { status: 403 });
    return row;
  }

  /** Moves on from the state that the directory's answer was about; whoever lost in between is told "unknown". */
  async function step(
    row: store.RequestRow,
    event: RequestEvent,
    also?: Partial<store.RequestTable>,
  ): Promise<store.RequestRow | undefined> {
    const change = { event, moment: momentOf(deps), ...(also ? { also } : {}) };
    return await db.tx((tx) => store.move(tx, row, change));
  }

  /** Exactly one caller gets it, and with it the watch that finds out if we die on the way. */
  async function claim(row: store.RequestRow): Promise<store.RequestRow> {
    const moment = momentOf(deps);
    const also = { setting_since: moment.now, changed_before: null, seen_unchanged_at: null };
    const claimed = await db.tx(async (tx) => {
      const moved = await store.move(tx, row, { event: { type: 'claim' }, moment, also });
      if (moved) await watch(tx, moved);
      return moved;
    });
    if (claimed) return claimed;
    const isTooOften = row.set_tries >= REQUEST_SETTINGS.mostSetTries;
    throw isTooOften
      ? new AppError('recovery.too-many-tries', { status: 422 })
      : new AppError('recovery.busy', { status: 409 });
  }

  async function run(row: store.RequestRow, work: Work): Promise<SetResult> {
    const claimed = await claim(row);
    const accountId = claimed.account_id ?? '';
    const lease = { key: leaseKey(accountId), holder: newId() };
    if (!(await leased(lease))) {
      await step(claimed, { type: 'release' });
      throw new AppError('recovery.busy', { status: 409 });
    }
    try {
      return await withLease(claimed, work);
    } finally {
      await store.endLease(db, lease.key, lease.holder);
    }
  }

  async function leased(lease: { key: string; holder: string }): Promise<boolean> {
    const giveUpAt = performance.now() + LEASE_PATIENCE_MS;
    for (;;) {
      const now = clock.now();
      if (await store.takeLease(db, { ...lease, now, untilMs: now + LEASE_MS })) return true;
      if (performance.now() >= giveUpAt) return false;
      await sleep(100);
    }
  }

  async function withLease(claimed: store.RequestRow, work: Work): Promise<SetResult> {
    const accountId = claimed.account_id ?? '';
    let person: DirectoryPerson | undefined;
    try {
      person = await directory.byId(accountId);
    } catch (error) {
      if (!(error instanceof DirectoryUnavailable)) throw error;
      return await failed(claimed, 'directory-unavailable');
    }
    const problem = await whyNotNow(person);
    if (!person || problem) return await ineligible(claimed, problem ?? 'gone');
    const marked = await mark(claimed, person);
    if (!marked) return { outcome: 'unknown' };
    const result = await work.apply(accountId);
    switch (result.outcome) {
      case 'refused':
        if (result.reason === 'not-allowed') return await ineligible(marked, result.code ?? 'not-allowed');
        await step(marked, { type: 'refuse', reason: result.reason });
        return { outcome: 'refused', reason: result.reason, triesLeft: triesLeft(marked) };
      case 'failed':
        return await failed(marked, result.code);
      case 'unknown':
        await step(marked, { type: 'time-out', code: result.code });
        return { outcome: 'unknown' };
      case 'applied':
        return await verify(marked, person, work);
    }
  }

  /** The account may have changed since the mail was sent. */
  async function whyNotNow(person: DirectoryPerson | undefined): Promise<string | undefined> {
    if (!person) return 'gone';
    const isFrozen = await store.isFrozen(db.kysely, person.id, clock.now());
    return accountProblem(person) ?? (isFrozen ? 'frozen' : undefined);
  }

  /** From here on the directory may have changed something: what "before" was is kept for finding out. */
  async function mark(row: store.RequestRow, person: DirectoryPerson): Promise<store.RequestRow | undefined> {
    const set = { changed_before: person.passwordChangedAt ?? 0 };
    return await db.kysely
      .updateTable('recovery_request')
      .set(set)
      .where('id', '=', row.id)
      .where('version', '=', row.version)
      .returningAll()
      .executeTakeFirst();
  }

  async function verify(row: store.RequestRow, person: DirectoryPerson, work: Work): Promise<SetResult> {
    const applied = await step(row, { type: 'apply' });
    if (!applied) return { outcome: 'unknown' };
    const evidence = await work.prove(person.id);
    if (evidence === 'unavailable') {
      await step(applied, { type: 'time-out', code: 'verify-unavailable' });
      return { outcome: 'unknown' };
    }
    if (evidence === 'not-ok') return await failed(applied, 'verify-failed');
    return (await finish(applied, person, 'verify')) ? { outcome: 'done' } : { outcome: 'unknown' };
  }

  async function failed(row: store.RequestRow, code: string): Promise<SetResult> {
    const moment = momentOf(deps);
    log.warn({ request: row.id, code }, 'recovery: the directory failed');
    return await db.tx(async (tx): Promise<SetResult> => {
      const moved = await store.move(tx, row, { event: { type: 'fail', code }, moment });
      if (!moved) return { outcome: 'unknown' };
      if (moved.state !== 'escalated') return { outcome: 'failed' };
      const cause = 'directory-failed' as const;
      return {
        outcome: 'handed-over',
        ticket: await openTicket(deps, tx, moved, { cause, now: moment.now }),
      };
    });
  }

  async function ineligible(row: store.RequestRow, reason: string): Promise<SetResult> {
    const moment = momentOf(deps);
    return await db.tx(async (tx): Promise<SetResult> => {
      const event = { type: 'find-ineligible', reason } as const;
      const moved = await store.move(tx, row, { event, moment, also: { closed_at: moment.now } });
      if (!moved) return { outcome: 'unknown' };
      const cause = 'not-eligible' as const;
      return {
        outcome: 'handed-over',
        ticket: await openTicket(deps, tx, moved, { cause, now: moment.now }),
      };
    });
  }

  return {
    async setPassword(cookie, typed) {
      const row = await proved(cookie);
      const password = normalisePassword(typed);
      const reason = passwordRefusal(password, {
        minLength: config.org.recovery.minPasswordLength,
        names: [
          row.login ?? '',
          row.name ?? '',
          ...LANGS.map((lang) => localText(config.org.organisation.name, lang)),
          'firstline',
        ],
      });
      if (reason) return { outcome: 'refused', reason, triesLeft: triesLeft(row) };
      return await run(row, {
        apply: (id) => directory.setPassword(id, password),
        prove: async (id) => {
          const answer = await directory.verifyPassword(id, password);
          return answer === 'ok' || answer === 'unavailable' ? answer : 'not-ok';
        },
      });
    },
    async unlock(cookie) {
      const row = await proved(cookie);
      return await run(row, {
        apply: (id) => directory.unlock(id),
        prove: async (id) => {
          try {
            return (await directory.byId(id))?.locked === false ? 'ok' : 'not-ok';
          } catch {
            return 'unavailable';
          }
        },
      });
    },
  };
}

const triesLeft = (row: store.RequestRow): number =>
  Math.max(0, REQUEST_SETTINGS.mostSetTries - row.set_tries);
