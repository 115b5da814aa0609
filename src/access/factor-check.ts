import { createHmac, timingSafeEqual } from 'node:crypto';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { z } from 'zod';
import { foldName } from '../directory/fold-name.ts';
import { codeHashOf, digitsOf } from './second-factor-code.ts';
import type { SignInDeps } from './sign-in.ts';
import { useCode } from './store.ts';

const PERIOD_MS = 30_000;
/** One period before and after: clocks of phones are never quite right. */
const WINDOW = [-1, 0, 1];
const savedCodes = z.array(z.string());

/**
 * The second factor of somebody who has no session, as in account recovery: the app's code, or one of the
 * saved codes, each good once here and at sign-in together.
 */
export function createFactorCheck({ auth, db, clock }: Pick<SignInDeps, 'auth' | 'db' | 'clock'>) {
  const factorOf = (login: string) =>
    db.kysely
      .selectFrom('auth_two_factor')
      .innerJoin('auth_user', 'auth_user.id', 'auth_two_factor.user_id')
      .select(['auth_two_factor.id', 'auth_two_factor.secret', 'auth_two_factor.backup_codes'])
      .where('auth_user.login', '=', foldName(login))
      .where('auth_user.two_factor_enabled', '=', 1)
      .executeTakeFirst();

  const key = async () => (await auth.$context).secretConfig;

  /** Taken out of the list by an update that only one of two at the same time can make. */
  async function spendSavedCode(row: { id: string; backup_codes: string }, code: string): Promise<boolean> {
    const codes = savedCodes.parse(
      JSON.parse(await symmetricDecrypt({ key: await key(), data: row.backup_codes })),
    );
    if (!codes.includes(code)) return false;
    const left = JSON.stringify(codes.filter((each) => each !== code));
    const sealed = await symmetricEncrypt({ key: await key(), data: left });
    const result = await db.kysely
      .updateTable('auth_two_factor')
      .set({ backup_codes: sealed })
      .where('id', '=', row.id)
      .where('backup_codes', '=', row.backup_codes)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  return {
    async hasSecondFactor(login: string): Promise<boolean> {
      return (await factorOf(login)) !== undefined;
    },
    async checkSecondFactor(login: string, typed: string): Promise<boolean> {
      const row = await factorOf(login);
      if (!row) return false;
      const code = digitsOf(typed);
      if (!/^\d{6}$/.test(code)) return await spendSavedCode(row, typed.trim());
      const secret = await symmetricDecrypt({ key: await key(), data: row.secret });
      const beat = Math.floor(clock.now() / PERIOD_MS);
      const isRight = WINDOW.map((offset) => isSame(code, codeAt(secret, beat + offset))).includes(true);
      return isRight && (await useCode(db, codeHashOf(foldName(login), code), clock.now()));
    },
  };
}

/** RFC 6238 with SHA-1 and six digits, as every authenticator app does it. */
export function codeAt(secret: string, beat: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(beat));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

const isSame = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b));
