import type { Role } from '../lib/who.ts';

/** Agents and admins sign in with two factors. */
export const needsSecondFactor = (roles: readonly Role[]): boolean =>
  roles.some((role) => role.startsWith('agent-') || role === 'admin');

interface Facts {
  readonly roles: readonly Role[];
  /** How the session was opened; null by a code after the password. */
  readonly via: string | null;
  readonly isEnrolled: boolean;
  readonly sample: boolean;
}

/**
 * What a session is worth. A `password` or `link` session of somebody with a second factor is one in which
 * that factor was set up and proved: better-auth holds back all others until the code is given.
 */
export function sessionWorth({ roles, via, isEnrolled, sample }: Facts): 'full' | 'must-enrol' | 'none' {
  if (via === 'sample-link') return sample ? 'full' : 'none';
  if (!needsSecondFactor(roles) || via === null || isEnrolled) return 'full';
  return 'must-enrol';
}
