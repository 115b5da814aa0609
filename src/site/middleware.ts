import type { MiddlewareHandler } from 'astro';

/** `/xx/…` with a language that the organisation does not offer is not a page. */
export const onRequest: MiddlewareHandler = ({ params, locals, rewrite }, next) => {
  const { lang } = params;
  const offered: readonly string[] = locals.portal.org.organisation.languages;
  return lang === undefined || offered.includes(lang) ? next() : rewrite('/404');
};
