import { hkdfSync, type KeyObject } from 'node:crypto';

/** A 256-bit key of its own for each purpose, so that a signature made for one is worthless for another. */
export function keyFor(secret: KeyObject, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `firstline:${purpose}`, 32));
}
