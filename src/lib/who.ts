import { AppError } from './app-error.ts';
import type { Lang } from './lang.ts';

export const ROLES = ['staff', 'agent-l1', 'agent-l2', 'agent-l3', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking. Features get this handed in; only `access` finds it out. */
export type Who =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'system'; readonly name: string }
  | {
      readonly kind: 'person';
      readonly id: string;
      readonly login: string;
      readonly name: string;
      readonly email: string;
      readonly lang: Lang;
      readonly roles: readonly Role[];
      readonly teams: readonly string[];
    };

export type Person = Extract<Who, { kind: 'person' }>;
export type Tier = 'L1' | 'L2' | 'L3';

export const ANONYMOUS: Who = { kind: 'anonymous' };

export const isAgent = (who: Who): who is Person =>
  who.kind === 'person' && who.roles.some((role) => role.startsWith('agent-') || role === 'admin');

export const isAdmin = (who: Who): who is Person => who.kind === 'person' && who.roles.includes('admin');

export const isEditor = (who: Who): who is Person =>
  who.kind === 'person' && who.roles.some((role) => role === 'editor' || role === 'admin');

/** Throws `access.sign-in-required` (401) or `access.forbidden` (403). */
export function requireAgent(who: Who): Person {
  if (isAgent(who)) return who;
  throw denied(who);
}

export function requireAdmin(who: Who): Person {
  if (isAdmin(who)) return who;
  throw denied(who);
}

const denied = (who: Who): AppError =>
  who.kind === 'anonymous'
    ? new AppError('access.sign-in-required', { status: 401 })
    : new AppError('access.forbidden', { status: 403 });

/** A name for audit rows and ticket events. */
export const actorOf = (who: Who): string =>
  who.kind === 'person' ? who.login : who.kind === 'system' ? `system:${who.name}` : 'anonymous';
