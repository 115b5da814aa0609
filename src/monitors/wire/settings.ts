import { z } from 'zod';
import { type Address, isLoopback } from './address.ts';

/** A name and a secret to sign in with. */
export const login = z
  .strictObject({ user: z.string().min(1).max(500), password: z.string().max(2_000) })
  .meta({ description: 'Sign in with these; the secret as ${env:NAME} or ${file:…}' });

export const verifyTls = z
  .boolean()
  .default(true)
  .meta({ description: 'false accepts any certificate; conditions can still ask for tls.valid' });

export const starttls = z
  .boolean()
  .default(false)
  .meta({ description: 'Turn the plain connection into TLS before anything else; failure if refused' });

/** What every conversation sees, for `values` of a kind. */
export const WIRE_VALUES = {
  connected: 'flag',
  latency: 'duration',
  'tls.valid': 'flag',
  'cert.days': 'number',
} as const;

interface Secrecy {
  readonly address: Address;
  readonly secure: boolean;
  readonly auth: unknown;
  /** What to write instead, for people. */
  readonly instead: string;
}

/** A password in plain text over a network is a mistake in the file and not a matter of the check. */
export function clearPassword({ address, secure, auth, instead }: Secrecy) {
  if (auth === undefined || secure || isLoopback(address.host)) return [];
  return [{ key: 'auth', message: `the password would cross the network in plain text: use ${instead}` }];
}
