import type { KeyObject } from 'node:crypto';
import { keyFor } from '../config/key-for.ts';
import { createSignedCookie } from '../lib/signed-cookie.ts';

/** Tickets that one browser may see without signing in. More than this many push the oldest out. */
const MOST_NUMBERS = 20;
const MAX_AGE_S = 90 * 86_400;

export interface RequestCookie {
  /** Numbers of the tickets that this browser may see; none for a cookie that is not ours. */
  read(cookieHeader: string | null | undefined): readonly number[];
  /** The `Set-Cookie` line that adds a ticket to those of the header. */
  adding(cookieHeader: string | null | undefined, number: number): string;
}

export function createRequestCookie(secret: KeyObject, baseUrl: string): RequestCookie {
  const cookie = createSignedCookie({
    name: 'firstline.requests',
    key: keyFor(secret, 'ticket-cookie'),
    baseUrl,
  });
  const read = (header: string | null | undefined): readonly number[] =>
    (cookie.read(header) ?? '')
      .split('.')
      .filter(Boolean)
      .map(Number)
      .filter(Number.isSafeInteger)
      .slice(0, MOST_NUMBERS);
  return {
    read,
    adding(header, number) {
      const numbers = [...new Set([number, ...read(header)])].slice(0, MOST_NUMBERS);
      return cookie.line(numbers.join('.'), MAX_AGE_S);
    },
  };
}
