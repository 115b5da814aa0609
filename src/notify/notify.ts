import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import { keyFor } from '../config/key-for.ts';
import type { Db, Tx } from '../db/db.ts';
import { type JobKind, type Jobs, PermanentError } from '../jobs/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/id.ts';
import { seal, unseal } from '../lib/seal.ts';
import { isMailAddress } from './compose-mail.ts';
import type { Message, MessageOutcome, Notify, NotifyOutcomes } from './contract.ts';
import type { Channel } from './kind.ts';
import { renderMail } from './render-mail.ts';
import {
  deleteFinishedBefore,
  finishMessage,
  insertMessage,
  type MessageTable,
  messageById,
  oldestWaiting,
} from './store.ts';

interface Deps {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly channel: Channel;
  readonly secret: KeyObject;
}

export interface NotifyFace extends Notify, NotifyOutcomes {
  /** Removes what was finished long ago; by the clock. */
  purge(): Promise<void>;
  /** Mail is disturbed: something waits for more than ten minutes. Pages that send people to their mail say so. */
  isLate(): Promise<boolean>;
}

const LATE_MS = 10 * 60_000;
/** How long an answer of `isLate` is good, so that a crowd does not ask the database each time. */
const LATE_KNOWN_MS = 15_000;
const KEPT_MS = 90 * 86_400_000;

type Tell = (tx: Tx, outcome: MessageOutcome) => Promise<void>;

/** Messages: a row and a job in the caller's transaction, delivered by the channel at least once. */
export function createNotify(deps: Deps): NotifyFace {
  const { db, jobs, clock, log, channel } = deps;
  const key = keyFor(deps.secret, 'notify');
  const listeners = new Map<string, Tell>();
  let late = { askedAt: Number.NEGATIVE_INFINITY, is: false };

  const job: JobKind<{ id: string }> = {
    name: 'notify.deliver',
    payload: z.object({ id: z.string() }),
    // About two hours in all: greylisting wants some minutes, a mail server's maintenance a little more.
    attempts: 16,
    backoffMs: 2_000,
    maxBackoffMs: 15 * 60_000,
    leaseMs: 120_000,
    async run({ id }, { last }) {
      const row = await messageById(db.kysely, id);
      if (!row || row.state === 'delivered' || row.sealed === null) return;
      if (row.not_after !== null && row.not_after < clock.now()) {
        await finish(row, 'refused', 'too late to be of use');
        return;
      }
      try {
        await deliver(row, row.sealed);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (last || error instanceof PermanentError) await finish(row, 'refused', reason);
        throw error;
      }
      await finish(row, 'delivered', null);
    },
  };
  jobs.define(job);

  async function deliver(row: MessageTable, sealed: string): Promise<void> {
    const message = JSON.parse(unseal(key, sealed, row.id)) as Message;
    if (!isMailAddress(message.to)) throw new PermanentError('not a mail address');
    await channel.deliver({
      ...renderMail(message),
      id: row.id,
      to: message.to,
      lang: message.lang,
      at: row.created_at,
    });
  }

  async function finish(
    row: MessageTable,
    state: 'delivered' | 'refused',
    reason: string | null,
  ): Promise<void> {
    const at = clock.now();
    await db.tx(async (tx) => {
      // What has a deadline is a code or a link: it is of no use later and must not lie about.
      const isWiped = state === 'delivered' || row.not_after !== null;
      if (!(await finishMessage(tx, row.id, { state, reason, at, isWiped }))) return;
      await listeners.get(row.kind)?.(tx, {
        key: row.key,
        outcome: state === 'delivered' ? 'accepted' : 'refused',
        at,
        ...(reason === null ? {} : { code: reason }),
      });
    });
    log.info({ message: row.id, kind: row.kind, channel: channel.name, state, reason }, 'notify');
  }

  return {
    async send(tx, message) {
      const id = newId();
      const isNew = await insertMessage(tx, {
        id,
        key: message.key,
        kind: message.kind,
        lang: message.lang,
        sealed: seal(key, JSON.stringify(message), id),
        notAfter: message.notAfter ?? null,
        now: clock.now(),
      });
      if (isNew) await jobs.enqueue(tx, job, { id });
    },
    onOutcome(kind, tell) {
      listeners.set(kind, tell);
    },
    async isLate() {
      const now = clock.now();
      if (now - late.askedAt >= LATE_KNOWN_MS) {
        const oldest = await oldestWaiting(db.kysely);
        late = { askedAt: now, is: oldest !== undefined && now - oldest > LATE_MS };
      }
      return late.is;
    },
    purge: () => deleteFinishedBefore(db, clock.now() - KEPT_MS),
  };
}
