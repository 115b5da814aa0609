import { AppError } from '../lib/app-error.ts';
import { verifySecret } from '../lib/secret-hash.ts';
import { tooMany } from './ask.ts';
import type { Recovery, RecoveryDeps } from './contract.ts';
import { factorLimits, proofLimits } from './limits.ts';
import { MOST_CODE_TRIES, momentOf } from './parts.ts';
import { hashToken, newToken, readCode } from './secrets.ts';
import * as store from './store.ts';

/** The second step: whoever has the mail proves it, by the code in the browser that asked or by the link in any. */
export function createProve(
  deps: RecoveryDeps,
): Pick<Recovery, 'proveByCode' | 'proveByToken' | 'proveFactor'> {
  const { db, clock, secondFactor } = deps;

  /** Counts against the address that tries; given back when the proof was right. */
  async function counted<T>(ip: string, work: () => Promise<T>): Promise<T> {
    const taken = await db.tx((tx) => store.takeHits(tx, proofLimits(ip), clock.now()));
    if (taken.waitMs !== undefined) throw tooMany(taken.waitMs);
    const result = await work();
    await store.giveBackHits(db, taken.ids);
    return result;
  }

  const factorOf = async (row: store.RequestRow): Promise<'none' | 'pending'> =>
    row.login !== null && (await secondFactor.has(row.login)) ? 'pending' : 'none';

  async function note(row: store.RequestRow, event: string): Promise<void> {
    await db.tx((tx) => store.addEvent(tx, row.id, { at: clock.now(), event, code: null }));
  }

  return {
    proveByCode: (cookie, code, ip) =>
      counted(ip, async () => {
        const row = await store.requestByCookie(db.kysely, hashToken(cookie ?? ''));
        const mayTry = row !== undefined && (await store.takeCodeTry(db, row.id, MOST_CODE_TRIES));
        // The same work for no request, no code and no tries left.
        const isRight = await verifySecret(mayTry ? row.code_hash : undefined, readCode(code));
        if (row && !mayTry) throw refusal('too-many-tries');
        if (!row) throw refusal('proof-wrong');
        if (!isRight) {
          await note(row, 'wrong-code');
          throw refusal('proof-wrong');
        }
        const moment = momentOf(deps);
        const also = { proved_by: 'code' as const, factor: await factorOf(row) };
        const moved = await db.tx(async (tx) => {
          const fresh = await store.requestById(tx, row.id);
          return fresh && (await store.move(tx, fresh, { event: { type: 'prove' }, moment, also }));
        });
        if (!moved) throw refusal(await whyNot(row.id));
      }),

    proveByToken: (token, ip) =>
      counted(ip, async () => {
        const tokenHash = hashToken(token);
        const row = await store.requestByToken(db.kysely, tokenHash);
        if (!row) throw refusal('proof-wrong');
        const cookie = newToken();
        const moment = momentOf(deps);
        const also = {
          proved_by: 'link' as const,
          cookie_hash: hashToken(cookie),
          factor: await factorOf(row),
        };
        const moved = await db.tx(async (tx) => {
          const fresh = await store.requestByToken(tx, tokenHash);
          return fresh && (await store.move(tx, fresh, { event: { type: 'prove' }, moment, also }));
        });
        if (!moved) throw refusal(await whyNot(row.id));
        return { cookie };
      }),

    proveFactor: (cookie, code, ip) =>
      counted(ip, async () => {
        const row = cookie ? await store.requestByCookie(db.kysely, hashToken(cookie)) : undefined;
        const isOpen = row?.state === 'proved' && row.factor === 'pending' && row.expires_at > clock.now();
        if (!row || !isOpen) throw new AppError('recovery.no-proof', { status: 401 });
        const limits = factorLimits(row.account_id ?? row.id);
        const taken = await db.tx((tx) => store.takeHits(tx, limits, clock.now()));
        if (taken.waitMs !== undefined) throw tooMany(taken.waitMs);
        if (!(await secondFactor.check(row.login ?? '', code))) {
          await note(row, 'wrong-factor');
          throw refusal('factor-wrong');
        }
        await store.giveBackHits(db, taken.ids);
        if (!(await store.passFactor(db, row))) throw new AppError('recovery.no-proof', { status: 401 });
        await note(row, 'factor');
      }),
  };

  /** Only told to somebody who has the right code or link, so it tells nothing to others. */
  async function whyNot(id: string): Promise<'proof-used' | 'proof-superseded' | 'proof-expired'> {
    const row = await store.requestById(db.kysely, id);
    if (row?.state === 'superseded' || row?.state === 'reported') return 'proof-superseded';
    const isUnproved = row?.state === 'queued' || row?.state === 'mailed' || row?.state === 'expired';
    return isUnproved && row.proved_by === null ? 'proof-expired' : 'proof-used';
  }
}

const refusal = (code: string): AppError => new AppError(`recovery.${code}`, { status: 422 });
