/**
 * Where to go after signing in, as a path of this site; undefined for anything that could lead elsewhere.
 * Browsers read backslashes as slashes and drop tabs and line breaks, so those are refused, not cleaned.
 */
export function safeNext(next: string | null | undefined): string | undefined {
  if (!next || next.length > 500 || !next.startsWith('/') || /[\\\p{Cc}\p{Z}]/u.test(next)) return undefined;
  if (next.startsWith('//') || !URL.canParse(next, 'http://site.invalid')) return undefined;
  const url = new URL(next, 'http://site.invalid');
  if (url.origin !== 'http://site.invalid' || url.pathname.startsWith('//')) return undefined;
  // After signing in one wants a page, not an answer for programs; and not to be signed out at once.
  if (/^\/api(\/|$)/.test(url.pathname) || /\/(sign-in|sign-out)(\/|$)/.test(url.pathname)) return undefined;
  return url.pathname + url.search;
}
