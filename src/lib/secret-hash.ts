import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. */
const NOW = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_LENGTH = 32;

interface Parsed {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly nonce: Buffer;
  readonly tag: Buffer;
}

/** A password or typed code as it may be stored: argon2id in the usual `$argon2id$v=19$m=…` notation. */
export async function hashSecret(secret: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive('argon2id', { message: secret, nonce, tagLength: TAG_LENGTH, ...NOW });
  const settings = `m=${NOW.memory},t=${NOW.passes},p=${NOW.parallelism}`;
  return `$argon2id$v=19$${settings}$${unpadded(nonce)}$${unpadded(tag)}`;
}

/** Is `secret` the one behind `hash`? Without a hash it does the same work and says no. */
export async function verifySecret(hash: string | null | undefined, secret: string): Promise<boolean> {
  const known = parse(hash) ?? NOBODY;
  const { tag, ...settings } = known;
  const given = await derive('argon2id', { message: secret, tagLength: tag.length, ...settings });
  return timingSafeEqual(given, tag) && known !== NOBODY;
}

const NOBODY: Parsed = { ...NOW, nonce: randomBytes(16), tag: randomBytes(TAG_LENGTH) };

const PATTERN = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parse(hash: string | null | undefined): Parsed | undefined {
  const match = PATTERN.exec(hash ?? '');
  if (!match) return undefined;
  const [, memory, passes, parallelism, nonce = '', tag = ''] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
