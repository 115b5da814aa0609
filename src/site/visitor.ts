import type { AstroGlobal } from 'astro';
import type { HelpVisitor } from '../help/help.ts';
import type { Visitor } from '../tickets/requester.ts';

/** Who looks, with what their browser carries, for the features that open things to one browser. */
export const visitorOf = ({ request, locals }: Pick<AstroGlobal, 'request' | 'locals'>): Visitor => ({
  who: locals.page.who,
  cookies: request.headers.get('cookie'),
});

export const helpVisitor = (astro: Pick<AstroGlobal, 'request' | 'locals'>): HelpVisitor => ({
  ...visitorOf(astro),
  ip: astro.locals.page.ip,
  trail: astro.locals.page.tried,
});
