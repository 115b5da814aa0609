import type { Lang } from '../lib/lang.ts';
import type { Role } from '../lib/who.ts';

/** The page that somebody wants to see first after signing in. */
export function homeOf(roles: readonly Role[], lang: Lang): string {
  if (roles.includes('admin')) return '/admin';
  if (roles.some((role) => role.startsWith('agent-'))) return '/desk';
  if (roles.includes('editor')) return '/admin';
  return `/${lang}/`;
}
