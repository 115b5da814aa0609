/**
 * `__Host-`: only over HTTPS (or on this machine), only for this host and all of it, so no neighbour can plant one.
 * Lax: it must come along when the person arrives from the mail.
 */
export const RECOVERY_COOKIE = '__Host-firstline.recovery';

const MAX_AGE_S = 60 * 60;

export const setCookie = (value: string): string =>
  `${RECOVERY_COOKIE}=${value}; Path=/; Max-Age=${MAX_AGE_S}; Secure; HttpOnly; SameSite=Lax`;

/** The cookie's value when it has the form of one of ours. */
export function readCookie(header: string | null | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, value = ''] = part.trim().split('=', 2);
    if (name === RECOVERY_COOKIE && /^[\w-]{43}$/.test(value)) return value;
  }
  return undefined;
}
