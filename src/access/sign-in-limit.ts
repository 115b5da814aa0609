import { createHash } from 'node:crypto';
import type { Db } from '../db/db.ts';
import { networkOf } from '../lib/network-of.ts';
import { bookFailures, countFailures, unbookFailures } from './store.ts';

const WINDOW_MS = 15 * 60_000;

/**
 * Wrong passwords within 15 minutes. From one network for one account few; for one account from anywhere
 * more, so that a stranger cannot lock somebody out with a handful; from one network for all accounts many,
 * since a whole office can share an address.
 */
const LIMITS = { pair: 5, account: 30, network: 100 } as const;

export type Attempt =
  | { readonly allowed: true; succeeded(): Promise<void> }
  | { readonly allowed: false; readonly retryAfterS: number };

/** Kept in the database: the same limit for all processes, also after a restart. */
export async function beginAttempt(
  db: Db,
  who: { login: string; ip: string },
  now: number,
): Promise<Attempt> {
  const network = networkOf(who.ip);
  // What was typed as a login may be a password typed into the wrong field, so it is not stored.
  const account = createHash('sha256').update(who.login).digest('base64url').slice(0, 22);
  const keys = {
    pair: `pair:${account}:${network}`,
    account: `account:${account}`,
    network: `network:${network}`,
  };
  const booked = await bookFailures(db, Object.values(keys), now);
  for (const name of ['pair', 'account', 'network'] as const) {
    const { count, oldest } = await countFailures(db, keys[name], now - WINDOW_MS);
    if (count <= LIMITS[name]) continue;
    // An attempt that was not made does not make the wait longer.
    await unbookFailures(db, booked);
    return { allowed: false, retryAfterS: Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1_000)) };
  }
  return { allowed: true, succeeded: () => unbookFailures(db, booked) };
}
