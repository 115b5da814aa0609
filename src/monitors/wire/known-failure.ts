import { type Reason, reason, reasonOf } from '../reason.ts';

const reasons = new WeakMap<Error, Reason>();

/** An error whose reason is known where it happens: `throw knownFailure('login-refused', '535')`. */
export function knownFailure(code: string, detail?: string): Error {
  const error = new Error(code);
  reasons.set(error, reason(code, detail));
  return error;
}

export const isKnown = (error: unknown): error is Error => error instanceof Error && reasons.has(error);

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH/;
const TLS = /^(ERR_TLS|ERR_SSL|EPROTO$)/;

/** Why a conversation ended: what was known, or what the system and TLS say. Never the words of the other side. */
export function failureOf(error: unknown): Reason {
  const known = error instanceof Error ? reasons.get(error) : undefined;
  if (known) return known;
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && CERTIFICATE.test(code)) return reason('certificate', code);
  if (typeof code === 'string' && TLS.test(code)) return reason('tls-failed', code);
  const found = reasonOf(error);
  // A library's message may repeat what the other side said; its code does not.
  return found.code === 'failed' ? reason('failed', typeof code === 'string' ? code : undefined) : found;
}
