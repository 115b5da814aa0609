import { LANGS, type Lang } from '../../../lib/lang.ts';
import { DamagedIndexError } from '../damaged-index-error.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** Raise it whenever analysis or layout change: readers of another version then fall back instead of guessing. */
const VERSION = 1;
const MAGIC = [0x46, 0x4c, 0x53, VERSION] as const; // "FLS"
const HEADER = MAGIC.length + 4;

export type Envelope = {
  readonly lang: Lang;
  readonly tier: 0 | 1;
  /** Equal in the two tiers of one build, so that a new body is never read against old titles. */
  readonly build: number;
  readonly content: ByteReader;
};

/** FNV-1a, 32 bit. Guards against cut and mixed-up files, not against forgery. */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

export function seal(lang: Lang, tier: 0 | 1, build: number, content: Uint8Array): Uint8Array {
  const inner = new ByteWriter();
  inner.byte(LANGS.indexOf(lang));
  inner.byte(tier);
  inner.varint(build);
  inner.raw(content);
  const body = inner.take();
  const sum = checksum(body);
  const outer = new ByteWriter();
  for (const byte of MAGIC) outer.byte(byte);
  for (let shift = 0; shift < 32; shift += 8) outer.byte((sum >>> shift) & 0xff);
  outer.raw(body);
  return outer.take();
}

export function unseal(bytes: Uint8Array, tier: 0 | 1): Envelope {
  const body = bytes.subarray(HEADER);
  const sum = checksum(body);
  const expected = [...MAGIC, sum & 0xff, (sum >>> 8) & 0xff, (sum >>> 16) & 0xff, sum >>> 24];
  if (!expected.every((byte, i) => bytes[i] === byte))
    throw new DamagedIndexError('not a whole search index');
  const content = new ByteReader(body);
  const lang = LANGS[content.byte()];
  if (lang === undefined || content.byte() !== tier)
    throw new DamagedIndexError('not the expected search index');
  return { lang, tier, build: content.varint(), content };
}
