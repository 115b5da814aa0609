import { isLang, type Lang } from '../../lib/lang.ts';

export interface LinkPlace {
  readonly lang: Lang;
  readonly category: string;
  readonly slug: string;
}

/** Where a link of an article leads, and what to write into the page. */
export type ResolvedLink =
  | { readonly kind: 'article'; readonly id: string; readonly anchor: string; readonly href: string }
  | { readonly kind: 'file'; readonly name: string; readonly href: string }
  | { readonly kind: 'page'; readonly href: string }
  | { readonly kind: 'outside'; readonly href: string }
  | { readonly kind: 'wrong'; readonly reason: string };

export const articlePath = (lang: Lang, id: string): string => `/${lang}/articles/${id}/`;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A file that may lie beside an article. */
export const FILE_NAME = /^[\w-]+(?:\.[\w-]+)*\.(?:png|jpe?g|webp|gif|svg|pdf|txt|csv|zip|docx|xlsx)$/i;

export function resolveLink(url: string, from: LinkPlace): ResolvedLink {
  if (/^(https?:|mailto:|tel:)/i.test(url)) return { kind: 'outside', href: url };
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) || url.startsWith('//'))
    return { kind: 'wrong', reason: `links of this kind are not allowed: ${url.slice(0, 60)}` };
  if (url.startsWith('#'))
    return { kind: 'article', id: `${from.category}/${from.slug}`, anchor: decoded(url.slice(1)), href: url };
  if (url.startsWith('/')) return insideLink(url, from);
  const base = `file:///${from.lang}/${from.category}/${from.slug}.md`;
  const target = URL.parse(url, base);
  const [, lang, category, name, ...rest] = decoded(target?.pathname ?? '').split('/');
  if (!target || !category || !name || rest.length > 0 || !isLang(lang))
    return { kind: 'wrong', reason: `${url} is not an article; write ../<category>/<slug>.md` };
  if (lang !== from.lang) return { kind: 'wrong', reason: `${url} leads to another language` };
  if (name.endsWith('.md')) {
    const id = `${category}/${name.slice(0, -3)}`;
    const href = `${articlePath(from.lang, id)}${target.hash}`;
    return { kind: 'article', id, anchor: decoded(target.hash.slice(1)), href };
  }
  if (category !== from.category || !FILE_NAME.test(name))
    return { kind: 'wrong', reason: `${url} is neither an article (.md) nor a file beside this one` };
  return { kind: 'file', name, href: `/files/${from.lang}/${category}/${name}` };
}

/** Pages of the portal are linked in the article's own language. */
function insideLink(url: string, from: LinkPlace): ResolvedLink {
  const [, first = ''] = url.split(/[/?#]/);
  if (isLang(first) && first !== from.lang)
    return { kind: 'wrong', reason: `${url} leads to another language; expected /${from.lang}/…` };
  const article = /^\/[a-z]{2}\/articles\/([a-z0-9-]+\/[a-z0-9-]+)\/?(?:#(.*))?$/.exec(url);
  if (article?.[1]) {
    const anchor = decoded(article[2] ?? '');
    const href = `${articlePath(from.lang, article[1])}${anchor ? `#${article[2]}` : ''}`;
    return { kind: 'article', id: article[1], anchor, href };
  }
  return { kind: 'page', href: url };
}
