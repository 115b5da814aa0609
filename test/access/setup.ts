import { createHmac, createSecretKey } from 'node:crypto';
import { createAccess, seedSampleRoles } from '../../src/access/access.ts';
import { auditWriter } from '../../src/access/audit/store.ts';
import type { Access, Visit } from '../../src/access/contract.ts';
import { createLocalDirectory } from '../../src/directory/backends/local.ts';
import type { Directory } from '../../src/directory/contract.ts';
import { seedSamplePeople } from '../../src/directory/seed-sample-people.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

export const PASSWORD = 'seven quiet lanterns';
export const AUDIT_KEY = Buffer.alloc(32, 7);

export interface AccessUnderTest {
  readonly database: TestDatabase;
  readonly access: Access;
  readonly directory: Directory;
  /** Moves the portal's clock; better-auth's own goes on as it is. */
  readonly clock: { now(): number; ahead: number };
}

/** The sample people with their roles; `alex`, `sara`, `nina` and `admin` have the password. */
export async function startAccess(
  settings: { sample?: boolean; baseUrl?: string } = {},
): Promise<AccessUnderTest> {
  const database = await openTestDatabase();
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
  const { db } = database;
  await seedSamplePeople(db, clock.now());
  await seedSampleRoles(db, clock.now());
  const directory = createLocalDirectory({ db, clock });
  for (const login of ['alex', 'sara', 'nina', 'admin']) {
    const [person] = await directory.find(login);
    await directory.setPassword(person?.id ?? '', PASSWORD);
  }
  const access = createAccess({
    db,
    clock,
    directory,
    audit: auditWriter(AUDIT_KEY, clock),
    config: {
      sample: settings.sample ?? true,
      baseUrl: settings.baseUrl ?? 'http://localhost:4321',
      secret: createSecretKey('a secret of the test suite, long enough', 'utf8'),
    },
  });
  return { database, access, directory, clock };
}

export const from = (ip: string, cookies: readonly string[] = []): Visit => ({
  ip,
  headers: new Headers({
    'user-agent': 'Test Browser',
    ...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}),
  }),
});

/** What a browser sends back after these Set-Cookie lines. */
export const kept = (lines: readonly string[]): string[] =>
  lines.filter((line) => !/Max-Age=0/.test(line)).map((line) => line.split(';')[0] ?? '');

/** RFC 6238, written apart from the code under test. */
export function totp(base32: string, now = Date.now()): string {
  const bits = [...base32]
    .map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
