import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { keyFor } from '../config/key-for.ts';

const VALID_MS = 90 * 86_400_000;

export interface RequestKeys {
  /** The key that a mail about this ticket carries; it is exchanged for a cookie at once. */
  make(number: number, now: number): string;
  opens(number: number, key: string, now: number): boolean;
}

/** Keys that open one ticket for whoever got the mail: an end date and a signature over number and date. */
export function createRequestKeys(secret: KeyObject): RequestKeys {
  const hmacKey = keyFor(secret, 'ticket-request');
  const sign = (number: number, until: string): Buffer =>
    createHmac('sha256', hmacKey).update(`${number}.${until}`).digest();
  return {
    make(number, now) {
      const until = Math.floor((now + VALID_MS) / 1_000).toString(36);
      return `${until}.${sign(number, until).toString('base64url')}`;
    },
    opens(number, key, now) {
      const [until = '', signature = ''] = key.slice(0, 100).split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(number, until);
      const isGenuine = given.length === expected.length && timingSafeEqual(given, expected);
      return isGenuine && Number.parseInt(until, 36) * 1_000 > now;
    },
  };
}
