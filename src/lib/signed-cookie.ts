import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedCookie {
  readonly name: string;
  /** The value that we once signed; undefined for none, for a changed one and for somebody else's. */
  read(cookieHeader: string | null | undefined): string | undefined;
  /** A `Set-Cookie` line. Without `maxAgeS` it lives as long as the browser's session. */
  line(value: string, maxAgeS?: number): string;
}

interface Options {
  /** Without prefix; `__Host-` is put before it where browsers accept that. */
  readonly name: string;
  readonly key: Buffer;
  readonly baseUrl: string;
}

/**
 * A cookie that only we can write; its value may be read by its owner. `value` must be cookie-safe (base64url,
 * digits, dots). `__Host-` and `Secure` over TLS and on this machine; an intranet without TLS gets the plain
 * name, since a Secure cookie would never come back there.
 */
export function createSignedCookie({ name: bare, key, baseUrl }: Options): SignedCookie {
  const { protocol, hostname } = new URL(baseUrl);
  const isTrusted = protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1';
  const name = isTrusted ? `__Host-${bare}` : bare;
  const flags = `Path=/; HttpOnly; SameSite=Lax${isTrusted ? '; Secure' : ''}`;
  const start = `${name}=`;
  const sign = (value: string): Buffer => createHmac('sha256', key).update(value).digest();
  return {
    name,
    read(header) {
      if (!header?.includes(start)) return undefined;
      const found = header.split(';').find((part) => part.trimStart().startsWith(start));
      const [value = '', signature = ''] = (found?.trim().slice(start.length) ?? '').split('~');
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(value);
      return given.length === expected.length && timingSafeEqual(given, expected) ? value : undefined;
    },
    line(value, maxAgeS) {
      const age = maxAgeS === undefined ? '' : `; Max-Age=${maxAgeS}`;
      return `${name}=${value}~${sign(value).toString('base64url')}; ${flags}${age}`;
    },
  };
}
