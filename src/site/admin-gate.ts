import { isAdmin, isEditor } from '../lib/who.ts';
import { goTo } from './answer.ts';
import type { PageContext } from './portal.ts';

/**
 * For the admin's pages: strangers go to the sign-in and come back, others see why not.
 * `const stop = adminGate(page, Astro.url); if (stop) return stop === 'forbidden' ? Astro.rewrite('/admin/forbidden') : stop;`
 */
export function adminGate(
  { who, lang }: PageContext,
  url: URL,
  audience: 'admins' | 'editors' = 'admins',
): Response | 'forbidden' | undefined {
  const isAllowed = audience === 'admins' ? isAdmin(who) : isEditor(who);
  if (isAllowed) return undefined;
  if (who.kind === 'person') return 'forbidden';
  return goTo(`/${lang}/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
}
