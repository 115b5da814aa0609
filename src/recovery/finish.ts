import { z } from 'zod';
import type { Tx } from '../db/db.ts';
import type { DirectoryPerson } from '../directory/contract.ts';
import { formatDateTime } from '../i18n/format.ts';
import type { JobKind } from '../jobs/contract.ts';
import type { RecoveryDeps } from './contract.ts';
import { changedMail } from './mails.ts';
import { langFor, momentOf, organisationName } from './parts.ts';
import { statesBefore } from './request.ts';
import { hashToken, newReportToken } from './secrets.ts';
import * as store from './store.ts';

export interface Finish {
  /** The change is certain: closes the request with everything that follows from it. False when it lost a race. */
  finish(row: store.RequestRow, person: DirectoryPerson, type: 'verify' | 'find-applied'): Promise<boolean>;
}

/** A new sign-in right after the change must survive, so the safety net looks whether the first try was made. */
const SAFETY_NET_MS = 10_000;

export function createFinish(deps: RecoveryDeps): Finish {
  const { db, jobs, clock, log, config, notify, audit, endSessions } = deps;

  const job: JobKind<{ id: string }> = {
    name: 'recovery.end-sessions',
    payload: z.object({ id: z.string() }),
    async run({ id }) {
      const row = await store.requestById(db.kysely, id);
      if (row?.login && row.sessions_ended_at === null) await end(row.id, row.login);
    },
  };
  jobs.define(job);

  async function end(id: string, login: string): Promise<void> {
    await endSessions(login);
    const set = { sessions_ended_at: clock.now() };
    await db.kysely.updateTable('recovery_request').set(set).where('id', '=', id).execute();
  }

  /** One mail to each address that the directory knows, each with its own "this was not me". */
  async function tellAll(tx: Tx, row: store.RequestRow, person: DirectoryPerson): Promise<void> {
    const now = clock.now();
    const lang = langFor(deps, person, row);
    for (const [index, to] of person.mails.entries()) {
      const reportToken = newReportToken();
      await store.addReport(tx, hashToken(reportToken), row.id, now);
      const message = changedMail({
        key: `recovery-changed:${row.id}:${index}`,
        purpose: row.purpose,
        to,
        lang,
        baseUrl: config.baseUrl,
        organisation: organisationName(deps, lang),
        name: person.name,
        login: person.login,
        at: formatDateTime(lang, now, config.org.organisation.timezone),
        reportToken,
      });
      await notify.send(tx, message);
    }
  }

  return {
    async finish(row, person, type) {
      const moment = momentOf(deps);
      const isOurs = await db.tx(async (tx) => {
        const also = { closed_at: moment.now, code_hash: null, token_hash: null };
        const moved = await store.move(tx, row, { event: { type }, moment, also });
        if (!moved) return false;
        const open = await store.siblings(tx, {
          accountId: person.id,
          but: row.id,
          states: statesBefore('supersede'),
        });
        for (const each of open) await store.move(tx, each, { event: { type: 'supersede' }, moment });
        await tellAll(tx, row, person);
        await audit(tx, {
          actor: 'system:recovery',
          action: row.purpose === 'unlock' ? 'recovery.unlock' : 'recovery.set-password',
          subject: person.login,
          details: { request: row.id, proof: row.proved_by, outcome: moved.outcome },
        });
        if (row.purpose === 'reset')
          await jobs.enqueue(tx, job, { id: row.id }, { key: row.id, runAt: moment.now + SAFETY_NET_MS });
        return true;
      });
      if (isOurs && row.purpose === 'reset') {
        await end(row.id, person.login).catch((error: unknown) =>
          log.warn({ err: error, request: row.id }, 'recovery: sessions will be ended a little later'),
        );
      }
      return isOurs;
    },
  };
}
