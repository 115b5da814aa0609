import type { APIRoute } from 'astro';

/** Search engines read the articles, not the desk and not people's requests. */
export const GET: APIRoute = ({ locals }) => {
  const closed = [
    '/api/',
    '/desk',
    '/admin',
    '/outbox',
    '/*/search?',
    '/*/requests/',
    '/*/recovery',
    '/*/help',
  ];
  const lines = ['User-agent: *', ...closed.map((path) => `Disallow: ${path}`)];
  const text = `${lines.join('\n')}\n\nSitemap: ${locals.portal.baseUrl}/sitemap.xml\n`;
  return new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
