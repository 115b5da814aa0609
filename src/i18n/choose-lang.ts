import { isLang, type Lang } from '../lib/lang.ts';

interface Asked {
  readonly path?: string;
  readonly query?: string | undefined;
  readonly cookie?: string | undefined;
  readonly acceptLanguage?: string | undefined;
}

/** Path first, then the query, the cookie, the browser's wishes by weight, then the organisation's language. */
export function chooseLang(asked: Asked, enabled: readonly Lang[], fallback: Lang): Lang {
  const usable = (value: unknown): value is Lang => isLang(value) && enabled.includes(value);
  const first = asked.path?.split('/')[1];
  if (usable(first)) return first;
  if (usable(asked.query)) return asked.query;
  if (usable(asked.cookie)) return asked.cookie;
  return wishes(asked.acceptLanguage ?? '').find(usable) ?? fallback;
}

/** `fa-IR,fa;q=0.9,en;q=0.8` → ['fa', 'fa', 'en'], at most 20 entries looked at. */
function wishes(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .slice(0, 20)
    .map((part) => {
      const [tag = '', ...params] = part.trim().split(';');
      const q = Number(
        params
          .find((p) => p.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      );
      return { lang: tag.toLowerCase().split('-')[0] ?? '', q: Number.isFinite(q) ? q : 0 };
    })
    .filter((wish) => wish.q > 0)
    .sort((a, b) => b.q - a.q)
    .map((wish) => wish.lang);
}
