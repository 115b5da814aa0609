import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../db/db.ts';
import type { DirectoryPerson } from '../directory/contract.ts';
import type { JobKind } from '../jobs/contract.ts';
import { AppError } from '../lib/app-error.ts';
import { newId } from '../lib/id.ts';
import { hashSecret } from '../lib/secret-hash.ts';
import type { Recovery, RecoveryDeps } from './contract.ts';
import { eligibility, needsAgent, type SuppressReason } from './eligible.ts';
import { openTicket } from './escalate.ts';
import { askLimits, mailLimits } from './limits.ts';
import { codeMail } from './mails.ts';
import { langFor, momentOf, organisationName, REQUEST_LIVES_MS } from './parts.ts';
import { hashToken, maskMail, newCode, newReportToken, newToken } from './secrets.ts';
import * as store from './store.ts';

/** The request's side: constant work, no directory, no mail. The worker's side: find, decide, write the mail. */
export function createAsk(deps: RecoveryDeps): Pick<Recovery, 'ask'> {
  const { db, jobs, clock, log, config, directory, notify } = deps;
  const jitterMs = deps.jitterMs ?? 1_500;

  const job: JobKind<{ id: string }> = {
    name: 'recovery.mail',
    payload: z.object({ id: z.string() }),
    attempts: 10,
    backoffMs: 1_000,
    maxBackoffMs: 60_000,
    async run({ id }, { last }) {
      const row = await store.requestById(db.kysely, id);
      if (row?.state !== 'requested' || row.identifier === null) return;
      try {
        await mail(row, await directory.find(row.identifier));
      } catch (error) {
        if (last) await giveUp(row);
        throw error;
      }
    },
  };
  jobs.define(job);

  notify.onOutcome('recovery.code', async (tx, { key, outcome, code }) => {
    const row = await store.requestById(tx, key.slice('recovery-code:'.length));
    if (!row) return;
    const event =
      outcome === 'accepted'
        ? ({ type: 'mail-accepted' } as const)
        : ({ type: 'mail-refused', code: code ?? 'refused' } as const);
    await store.move(tx, row, { event, moment: momentOf(deps) });
  });

  async function giveUp(row: store.RequestRow): Promise<void> {
    const event = { type: 'mail-refused', code: 'directory-unavailable' } as const;
    await db.tx((tx) => store.move(tx, row, { event, moment: momentOf(deps), also: { identifier: null } }));
  }

  async function mail(row: store.RequestRow, found: readonly DirectoryPerson[]): Promise<void> {
    const decided = eligibility(found, row.identifier ?? '');
    if (!decided.eligible) {
      const subject = found
        .map((person) => person.id)
        .sort()
        .join('\n');
      await suppress(row, decided.reason, { subject, ...(decided.person ? { person: decided.person } : {}) });
      return;
    }
    const { person, to } = decided;
    const secrets = { code: newCode(), token: newToken(), reportToken: newReportToken() };
    const codeHash = await hashSecret(secrets.code);
    const refused = await db.tx((tx) => queue(tx, row, { person, to, codeHash, ...secrets }));
    if (refused) await suppress(row, refused, { subject: person.id, person });
  }

  interface Mailing {
    readonly person: DirectoryPerson;
    readonly to: string;
    readonly codeHash: string;
    readonly code: string;
    readonly token: string;
    readonly reportToken: string;
  }

  /** Undefined when the mail is on its way. */
  async function queue(tx: Tx, row: store.RequestRow, mailing: Mailing): Promise<SuppressReason | undefined> {
    const { person, to, codeHash, token, reportToken } = mailing;
    const moment = momentOf(deps);
    const { now } = moment;
    if (await store.isFrozen(tx, person.id, now)) return 'frozen';
    const { waitMs } = await store.takeHits(tx, mailLimits(config.org.recovery, person.id, to), now);
    if (waitMs !== undefined) return 'over-limit';
    const older = await store.siblings(tx, {
      accountId: person.id,
      but: row.id,
      states: ['queued', 'mailed'],
    });
    for (const each of older) await store.move(tx, each, { event: { type: 'supersede' }, moment });
    const also = {
      ...whoColumns(person),
      contact: maskMail(to),
      code_hash: codeHash,
      token_hash: hashToken(token),
    };
    const moved = await store.move(tx, row, { event: { type: 'queue' }, moment, also });
    if (!moved) return undefined;
    await store.addReport(tx, hashToken(reportToken), row.id, now);
    const lang = langFor(deps, person, row);
    const message = codeMail({
      ...mailing,
      requestId: row.id,
      purpose: row.purpose,
      lang,
      baseUrl: config.baseUrl,
      organisation: organisationName(deps, lang),
      name: person.name,
      login: person.login,
      minutes: Math.round(config.org.recovery.proofValid / 60_000),
      notAfter: row.created_at + REQUEST_LIVES_MS,
    });
    await notify.send(tx, message);
    return undefined;
  }

  interface About {
    readonly subject: string;
    readonly person?: DirectoryPerson;
  }

  async function suppress(row: store.RequestRow, reason: SuppressReason, about: About): Promise<void> {
    const moment = momentOf(deps);
    await db.tx(async (tx) => {
      const also = about.person ? whoColumns(about.person) : { identifier: null };
      const moved = await store.move(tx, row, { event: { type: 'suppress', reason }, moment, also });
      if (!moved || !needsAgent(reason)) return;
      const cause = reason as 'ambiguous' | 'no-contact' | 'privileged';
      await openTicket(deps, tx, moved, { cause, subject: about.subject, now: moment.now });
    });
    log.info({ request: row.id, reason }, 'recovery: suppressed');
  }

  return {
    async ask({ identifier, lang, purpose = 'reset', ip }) {
      const now = clock.now();
      const cookie = newToken();
      const id = newId();
      const runAt = now + (jitterMs > 0 ? randomInt(jitterMs) : 0);
      const waitMs = await db.tx(async (tx) => {
        const taken = await store.takeHits(tx, askLimits(config.org.recovery, ip), now);
        if (taken.waitMs !== undefined) return taken.waitMs;
        const cookieHash = hashToken(cookie);
        const expiresAt = now + REQUEST_LIVES_MS;
        await store.insertRequest(tx, { id, purpose, lang, identifier, cookieHash, now, expiresAt });
        await jobs.enqueue(tx, job, { id }, { key: id, runAt });
        return undefined;
      });
      if (waitMs !== undefined) throw tooMany(waitMs);
      return { cookie };
    },
  };
}

const whoColumns = (person: DirectoryPerson) => ({
  account_id: person.id,
  login: person.login,
  name: person.name,
  identifier: null,
});

export const tooMany = (waitMs: number): AppError =>
  new AppError('recovery.too-many', { status: 429, params: { retryAfter: Math.ceil(waitMs / 1_000) } });
