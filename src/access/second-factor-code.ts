import { createHash } from 'node:crypto';

/** A code is remembered as used under this name. */
export const codeHashOf = (login: string, code: string): string =>
  createHash('sha256')
    .update(`${login}\n${digitsOf(code)}`)
    .digest('base64url');

/** Digits of any script, without the blanks that apps put between them. */
export const digitsOf = (text: string): string =>
  [...text.normalize('NFKC').replace(/\s/g, '')]
    .map((sign) => {
      const at = sign.codePointAt(0) ?? 0;
      if (at >= 0x660 && at <= 0x669) return String(at - 0x660);
      if (at >= 0x6f0 && at <= 0x6f9) return String(at - 0x6f0);
      return sign;
    })
    .join('');
