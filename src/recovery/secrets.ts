import { createHash, randomBytes } from 'node:crypto';

/** Crockford's Base32: no I, L, O, U, so that a code survives being read aloud. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 8;

/** 40 random bits as 8 characters. */
export function newCode(random: (bytes: number) => Buffer = randomBytes): string {
  const bytes = random(CODE_LENGTH);
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** `ABCD-1234`: how a code is shown. */
export const showCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What a person typed → the code they mean: any case, digits of any script, dashes and blanks, O for 0, I and L for 1. */
export function readCode(typed: string): string {
  const latin = typed
    .normalize('NFKC')
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
  return latin
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}_.]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
}

/** 256 random bits for a cookie or for the fragment of a link. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** 128 bits: enough for a link that can only freeze, and short. */
export const newReportToken = (): string => randomBytes(16).toString('base64url');

/** Long random secrets rest as a plain SHA-256: there is nothing to guess. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** `a•••@example.org` */
export function maskMail(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return at > 0 ? `${first}•••${address.slice(at)}` : '•••';
}
