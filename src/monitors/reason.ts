/** Why a check came out as it did. `code` is the key of the words behind `monitors.reason.`. */
export interface Reason {
  readonly code: string;
  /** Machine words for people who mend it: a status, a condition with its value, a system error. Never a secret. */
  readonly detail?: string;
}

const MOST_DETAIL = 200;

export const reason = (code: string, detail?: string): Reason =>
  detail === undefined ? { code } : { code, detail: detail.slice(0, MOST_DETAIL) };

export const reasonText = (why: Reason): string => (why.detail ? `${why.code}: ${why.detail}` : why.code);

const BY_SYSTEM_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'name-not-found',
  ENODATA: 'name-not-found',
  EAI_AGAIN: 'name-server-failed',
  ESERVFAIL: 'name-server-failed',
  HPE_INVALID_CONSTANT: 'wrong-protocol',
  HPE_HEADER_OVERFLOW: 'too-large',
  CERT_HAS_EXPIRED: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
};

/** A failed call in words that do not depend on the library. */
export function reasonOf(error: unknown): Reason {
  const code = (error as { code?: unknown }).code;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof code !== 'string') return reason('failed', message);
  const known =
    BY_SYSTEM_CODE[code] ??
    (code.startsWith('HPE_') ? 'wrong-protocol' : code.startsWith('ERR_SSL') ? 'tls-failed' : undefined);
  return reason(known ?? 'failed', known === undefined ? message : code);
}
