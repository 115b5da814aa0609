import { AppError } from '../lib/app-error.ts';
import { tooMany } from './ask.ts';
import type { Recovery, RecoveryDeps } from './contract.ts';
import { openTicket } from './escalate.ts';
import { askLimits, proofLimits } from './limits.ts';
import { momentOf } from './parts.ts';
import { statesBefore } from './request.ts';
import { hashToken } from './secrets.ts';
import * as store from './store.ts';

const FREEZE_MS = 24 * 60 * 60_000;
/** A mail may be read late; after this it is a matter for people. */
const REPORT_LIVES_MS = 30 * 24 * 60 * 60_000;

export function createReport(deps: RecoveryDeps): Pick<Recovery, 'report' | 'stuck'> {
  const { db, clock, config, endSessions, audit } = deps;

  return {
    async report(token, ip) {
      const now = clock.now();
      const taken = await db.tx((tx) => store.takeHits(tx, proofLimits(ip), now));
      if (taken.waitMs !== undefined) throw tooMany(taken.waitMs);
      const tokenHash = hashToken(token);
      const known = await store.reportByToken(db.kysely, tokenHash);
      const row = known && (await store.requestById(db.kysely, known.request_id));
      if (!known || !row?.account_id || now - known.created_at > REPORT_LIVES_MS)
        throw new AppError('recovery.proof-wrong', { status: 422 });
      await store.giveBackHits(db, taken.ids);
      const isFirst = await freezeAccount(row, tokenHash);
      // Whoever changed the password may be signed in with it.
      if (isFirst && row.state === 'closed' && row.login) await endSessions(row.login);
    },

    async stuck(cookie, ip) {
      const now = clock.now();
      const taken = await db.tx((tx) => store.takeHits(tx, askLimits(config.org.recovery, ip), now));
      if (taken.waitMs !== undefined) throw tooMany(taken.waitMs);
      if (cookie === undefined) return;
      await db.tx(async (tx) => {
        const row = await store.requestByCookie(tx, hashToken(cookie));
        if (!row || row.ticket !== null || row.state === 'closed') return;
        const subject = row.identifier ?? row.id;
        await openTicket(deps, tx, row, { cause: 'still-stuck', subject, now });
      });
    },
  };

  /** False when this link was used before: pressing twice changes nothing. */
  async function freezeAccount(row: store.RequestRow, tokenHash: string): Promise<boolean> {
    const accountId = row.account_id ?? '';
    const moment = momentOf(deps);
    return await db.tx(async (tx) => {
      if (!(await store.useReport(tx, tokenHash, moment.now))) return false;
      await store.freeze(tx, accountId, row.id, moment.now + FREEZE_MS);
      const open = await store.siblings(tx, { accountId, but: '', states: statesBefore('report') });
      for (const each of open) await store.move(tx, each, { event: { type: 'report' }, moment });
      await openTicket(deps, tx, row, { cause: 'not-me', now: moment.now });
      await audit(tx, {
        actor: 'anonymous',
        action: 'recovery.report',
        subject: row.login ?? accountId,
        details: { request: row.id },
      });
      return true;
    });
  }
}
