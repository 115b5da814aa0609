import type { APIRoute } from 'astro';
import type { Lang } from '../../lib/lang.ts';

/** All public pages with their translations; always as an anonymous reader sees them. */
export const GET: APIRoute = ({ locals: { portal } }) => {
  const { languages } = portal.org.organisation;
  const anonymous = { kind: 'anonymous' } as const;
  const paths = new Map<string, readonly Lang[]>([
    ['/', languages],
    ['/status', languages],
  ]);
  for (const lang of languages) {
    for (const { id, articles } of portal.articles.categories(lang, anonymous)) {
      add(paths, `/articles/${id}/`, lang);
      for (const article of articles) if (article.lang === lang) add(paths, `/articles/${article.id}/`, lang);
    }
  }
  const urls = [...paths].flatMap(([path, langs]) => {
    const links = langs.map(
      (lang) => `<xhtml:link rel="alternate" hreflang="${lang}" href="${portal.baseUrl}/${lang}${path}"/>`,
    );
    return langs.map((lang) => `<url><loc>${portal.baseUrl}/${lang}${path}</loc>${links.join('')}</url>`);
  });
  const head =
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">';
  return new Response(`${head}\n${urls.join('\n')}\n</urlset>\n`, {
    headers: { 'content-type': 'application/xml; charset=utf-8' },
  });
};

function add(paths: Map<string, readonly Lang[]>, path: string, lang: Lang): void {
  paths.set(path, [...(paths.get(path) ?? []), lang]);
}
