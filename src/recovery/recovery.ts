import { createAsk } from './ask.ts';
import type { Recovery, RecoveryDeps, Step } from './contract.ts';
import { readCookie, setCookie } from './cookie.ts';
import { createFinish } from './finish.ts';
import { momentOf } from './parts.ts';
import { createProve } from './prove.ts';
import { createReconcile } from './reconcile.ts';
import { createRemindUsername } from './remind-username.ts';
import { createReport } from './report.ts';
import { askSchema } from './schema.ts';
import { hashToken } from './secrets.ts';
import { createSet } from './set.ts';
import * as store from './store.ts';

/** Account recovery: ask → prove → set → verified. See docs/guides/recovery.md for the whole story. */
export function createRecovery(deps: RecoveryDeps): Recovery {
  const { db, clock, config } = deps;
  const finish = createFinish(deps);
  const reconcile = createReconcile(deps, finish);
  return {
    ...createAsk(deps),
    ...createProve(deps),
    ...createSet(deps, { ...finish, ...reconcile }),
    ...createReport(deps),
    ...createRemindUsername(deps),
    cookie: { read: readCookie, line: setCookie },
    isIdentifier: (text) => askSchema.shape.identifier.safeParse(text).success,
    async look(cookie) {
      const row = cookie ? await store.requestByCookie(db.kysely, hashToken(cookie)) : undefined;
      return stepOf(row, clock.now(), config.org.recovery.minPasswordLength);
    },
    async tidy() {
      const moment = momentOf(deps);
      for (const row of await store.lapsed(db.kysely, moment.now)) {
        const also = { code_hash: null };
        await db.tx((tx) => store.move(tx, row, { event: { type: 'expire' }, moment, also }));
      }
      await store.tidy(db, moment.now);
    },
  };
}

/** After an hour the waiting page is forgotten, whatever became of the request. */
const WAITING_MS = 60 * 60_000;

export function stepOf(row: store.RequestRow | undefined, now: number, minLength: number): Step {
  if (!row) return { step: 'ask' };
  const { purpose } = row;
  const login = row.login ?? '';
  switch (row.state) {
    case 'proved':
      if (row.factor === 'pending' && row.expires_at > now) return { step: 'factor', purpose };
      return row.expires_at > now
        ? { step: 'password', purpose, login, name: row.name ?? login, expiresAt: row.expires_at, minLength }
        : { step: 'ask' };
    case 'setting':
    case 'applied':
    case 'unknown':
      return { step: 'working', purpose };
    case 'closed':
      return row.outcome === 'not-eligible'
        ? { step: 'handed-over', ticket: row.ticket }
        : { step: 'done', purpose, login };
    case 'escalated':
      return { step: 'handed-over', ticket: row.ticket };
    default: {
      // An expired proof and an expired code look alike only to who never proved anything.
      const isWaiting = row.proved_by === null && now - row.created_at < WAITING_MS;
      return isWaiting ? { step: 'code', purpose } : { step: 'ask' };
    }
  }
}
