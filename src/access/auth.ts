import { betterAuth } from 'better-auth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { Config } from '../config/config.ts';
import { keyFor } from '../config/key-for.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../lib/id.ts';
import { signInPlugin } from './sign-in-plugin.ts';

const SESSION_SECONDS = 7 * 86_400;
/** The client's address as the edge found it; better-auth reads it from a header of ours and no other. */
export const IP_HEADER = 'x-firstline-ip';

interface Deps {
  readonly db: Db;
  readonly config: Pick<Config, 'baseUrl' | 'secret'>;
}

/**
 * better-auth keeps sessions and second factors. Its HTTP endpoints are not mounted: only our own pages
 * and routes reach it, as functions. It is told "SQLite" also on PostgreSQL, which makes it write instants
 * as text and booleans as numbers on both: one schema, like everywhere in this database.
 */
export function createAuth({ db, config }: Deps) {
  return betterAuth({
    appName: 'Firstline',
    baseURL: config.baseUrl,
    secret: keyFor(config.secret, 'sessions').toString('base64url'),
    database: { db: db.kysely, type: 'sqlite' },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    advanced: {
      cookiePrefix: 'firstline',
      useSecureCookies: config.baseUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [IP_HEADER] },
      database: { generateId: () => newId() },
    },
    user: {
      modelName: 'auth_user',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        login: { type: 'string', required: true, input: false },
        directoryId: { type: 'string', required: true, input: false, fieldName: 'directory_id' },
        lang: { type: 'string', required: false, input: false },
      },
    },
    session: {
      modelName: 'auth_session',
      fields: {
        userId: 'user_id',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        expiresAt: 'expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      additionalFields: { via: { type: 'string', required: false, input: false } },
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
    },
    account: {
      modelName: 'auth_account',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'auth_verification',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    plugins: [
      twoFactor({
        issuer: 'Firstline',
        allowPasswordless: true,
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'auth_two_factor',
            fields: {
              backupCodes: 'backup_codes',
              userId: 'user_id',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        },
      }),
      signInPlugin(),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;
