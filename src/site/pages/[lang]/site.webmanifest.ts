import type { APIRoute } from 'astro';
import { localText } from '../../../lib/lang.ts';

/** Makes the portal installable, in the reader's language. */
export const GET: APIRoute = ({ locals: { portal, page } }) => {
  page.keep('articles');
  const name = localText(portal.org.organisation.name, page.lang);
  const manifest = {
    name: page.t('site.portalOf', { name }),
    short_name: name,
    lang: page.lang,
    dir: page.dir,
    start_url: `/${page.lang}/`,
    scope: '/',
    display: 'standalone',
    background_color: '#f7f9f9',
    theme_color: '#0b5f6e',
    icons: [{ src: '/static/icon.svg', sizes: 'any', type: 'image/svg+xml' }],
  };
  return new Response(JSON.stringify(manifest), { headers: { 'content-type': 'application/manifest+json' } });
};
