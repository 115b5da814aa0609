import { ResultCodeError } from 'ldapts';

/**
 * What can come instead of success. `answered`: the server said no. `silent`: it got the request, perhaps, and
 * nobody knows what it did. `unreachable`: there was never a connection.
 */
export type Failure =
  | { readonly kind: 'answered'; readonly code: number; readonly message: string }
  | { readonly kind: 'silent'; readonly code: 'timed-out' | 'connection-lost' }
  | { readonly kind: 'unreachable'; readonly code: 'unreachable' | 'certificate' };

/** ldapts throws result codes as classes, the rest as plain errors told apart by their text only. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ResultCodeError) {
    return { kind: 'answered', code: error.code, message: error.message };
  }
  const { message, code = '' } = error as NodeJS.ErrnoException;
  if (isCertificateError(code)) return { kind: 'unreachable', code: 'certificate' };
  if (UNREACHABLE.has(code) || message === 'Connection timeout') {
    return { kind: 'unreachable', code: 'unreachable' };
  }
  if (message.endsWith('Operation timed out')) return { kind: 'silent', code: 'timed-out' };
  return { kind: 'silent', code: 'connection-lost' };
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

/** OpenSSL's names, as Node passes them on. */
const isCertificateError = (code: string): boolean =>
  /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_|INVALID_CA|EPROTO)/.test(code);

/** Result codes that mean the same everywhere (RFC 4511, 4.1.9), as stable words for tickets and logs. */
const WORDS: Readonly<Record<number, string>> = {
  3: 'time-limit',
  8: 'needs-tls',
  10: 'referral',
  11: 'size-limit',
  12: 'unsupported',
  13: 'needs-tls',
  20: 'busy',
  32: 'no-such-person',
  34: 'no-such-person',
  48: 'bind-refused',
  49: 'bind-refused',
  50: 'no-rights',
  51: 'busy',
  52: 'unavailable',
};

export const failureCode = (failure: Failure): string =>
  failure.kind === 'answered' ? (WORDS[failure.code] ?? `ldap-${failure.code}`) : failure.code;
