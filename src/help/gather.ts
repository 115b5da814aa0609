import type { Logger } from 'pino';
import type { Lang } from '../lib/lang.ts';
import type { Who } from '../lib/who.ts';
import type { Suggestions } from './schema.ts';
import type { HelpSearch } from './search.ts';
import type { OpenIncident } from './search-match.ts';

/** What self-service knows about a problem; handed in by `main`. */
export interface SelfService {
  readonly search: HelpSearch;
  /** Incidents that are not over. */
  readonly incidents: (lang: Lang) => Promise<readonly OpenIncident[]>;
}

export interface Gathered {
  readonly found: Omit<Suggestions, 'tickets'>;
  /** Parts that failed or took too long. */
  readonly troubles: readonly string[];
}

export interface Asked {
  readonly lang: Lang;
  readonly text: string;
  readonly service: string | undefined;
  readonly who: Who;
}

const PATIENCE_MS = 3_000;
const MOST_ARTICLES = 3;

/** Asks all parts at once. Trouble in one of them must not keep anybody from getting help. */
export async function gather(
  selfService: SelfService,
  { lang, text, service, who }: Asked,
  log: Pick<Logger, 'warn'>,
): Promise<Gathered> {
  const [search, status] = await Promise.all([
    inTime(() => selfService.search(lang, text, { limit: MOST_ARTICLES, who })),
    inTime(async () => (service === undefined ? [] : await selfService.incidents(lang))),
  ]);
  const troubles = [
    ...(search.ok ? [] : [{ part: 'search', error: search.error }]),
    ...(status.ok ? [] : [{ part: 'status', error: status.error }]),
  ];
  for (const { part, error } of troubles) {
    log.warn({ part, err: error }, 'help: a part of self-service does not answer');
  }
  const ofService = status.ok ? status.value.filter(({ services }) => services.includes(service ?? '')) : [];
  const similar = search.ok ? search.value.incidents : [];
  const incidents = new Map([...ofService, ...similar].map((incident) => [incident.id, incident]));
  return {
    found: {
      articles: search.ok ? search.value.results.map(plain) : [],
      fixes: search.ok ? search.value.fixes.map(plain) : [],
      incidents: [...incidents.values()].map(({ id, title, url, since }) => ({ id, title, url, since })),
    },
    troubles: troubles.map(({ part }) => part),
  };
}

const plain = ({ id, title, url, summary }: Suggestions['articles'][number]) => ({ id, title, url, summary });

type InTime<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function inTime<T>(work: () => Promise<T>): Promise<InTime<T>> {
  const { promise: tooLate, resolve } = Promise.withResolvers<InTime<T>>();
  const timer = setTimeout(() => resolve({ ok: false, error: new Error('took too long') }), PATIENCE_MS);
  const answer = work().then(
    (value): InTime<T> => ({ ok: true, value }),
    (error: unknown): InTime<T> => ({ ok: false, error }),
  );
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
