import type { Lang } from './lang.ts';
import type { TrailStep } from './trail-step.ts';
import type { Who } from './who.ts';

/** What the middleware of `api/` puts on every Hono context; features' routes rely on it. */
export interface HttpEnv {
  Variables: {
    requestId: string;
    /** The client's address as the trusted proxy setting tells it. */
    ip: string;
    who: Who;
    /** From `?lang`, the cookie or the browser; a page's path wins over all of these. */
    lang: Lang;
    /** What this person tried so far, from their own browser; handlers push what they see. */
    trail: TrailStep[];
  };
}
