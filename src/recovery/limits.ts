import type { Organisation } from '../config/schema.ts';
import { networkOf } from '../lib/network-of.ts';

/** At most `most` within `windowMs` for everything that carries `key`. */
export interface Limit {
  readonly key: string;
  readonly most: number;
  readonly windowMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Settings = Organisation['recovery'];

export const askLimits = (settings: Settings, ip: string): readonly Limit[] => [
  { key: `ask:${networkOf(ip)}`, most: settings.ipPerHour, windowMs: HOUR },
  { key: `ask:${networkOf(ip)}`, most: settings.ipPerDay, windowMs: DAY },
];

/** On the account the directory found, never on what was typed: spelling variants share them. */
export const mailLimits = (settings: Settings, accountId: string, address: string): readonly Limit[] => [
  { key: `account:${accountId}`, most: settings.mailsPerHour, windowMs: HOUR },
  { key: `account:${accountId}`, most: settings.mailsPerDay, windowMs: DAY },
  { key: `address:${address.toLowerCase()}`, most: settings.addressPerHour, windowMs: HOUR },
  { key: 'mails', most: settings.mailsTotalPerHour, windowMs: HOUR },
];

export const proofLimits = (ip: string): readonly Limit[] => [
  { key: `proof:${networkOf(ip)}`, most: 10, windowMs: 15 * MINUTE },
];

/** On the account: the code of an app has only six digits. */
export const factorLimits = (accountId: string): readonly Limit[] => [
  { key: `factor:${accountId}`, most: 5, windowMs: 15 * MINUTE },
  { key: `factor:${accountId}`, most: 20, windowMs: DAY },
];

/** `hits` are the instants recorded for one limit's key. Undefined when there is room, else how long to wait. */
export function waitFor(limit: Limit, hits: readonly number[], now: number): number | undefined {
  const inWindow = hits.filter((at) => at > now - limit.windowMs).sort((a, b) => a - b);
  if (inWindow.length < limit.most) return undefined;
  const freedBy = inWindow[inWindow.length - limit.most] ?? now;
  return freedBy + limit.windowMs - now;
}

export const LONGEST_WINDOW_MS = DAY;
