import type { Logger } from 'pino';
import type { Lang } from '../lib/lang.ts';
import type { Suggestions } from './schema.ts';

/** What the other features know about a problem; handed in by `main`. A part that is absent has nothing to say. */
export interface SelfService {
  searchArticles?(lang: Lang, text: string): Answer<Article>;
  matchingFixes?(lang: Lang, text: string, service: string | undefined): Answer<Fix>;
  matchingIncidents?(lang: Lang, text: string, service: string | undefined): Answer<Incident>;
}

type Article = Suggestions['articles'][number];
type Fix = Suggestions['fixes'][number];
type Incident = Suggestions['incidents'][number];
type Answer<T> = readonly T[] | Promise<readonly T[]>;

export interface Gathered {
  readonly found: Omit<Suggestions, 'tickets'>;
  /** Parts that failed or took too long. */
  readonly troubles: readonly string[];
}

interface Asked {
  readonly lang: Lang;
  readonly text: string;
  readonly service: string | undefined;
}

const PATIENCE_MS = 3_000;

/** Asks all parts at once. Trouble in one of them must not keep anybody from getting help. */
export async function gather(
  selfService: SelfService,
  { lang, text, service }: Asked,
  log: Pick<Logger, 'warn'>,
): Promise<Gathered> {
  const troubles: string[] = [];
  const ask = async <T>(part: string, question: () => Answer<T> | undefined): Promise<T[]> => {
    const answer = await inTime(async () => (await question()) ?? []);
    if (answer.ok) return [...answer.value];
    troubles.push(part);
    log.warn({ part, err: answer.error }, 'help: a part of self-service does not answer');
    return [];
  };
  const [articles, fixes, incidents] = await Promise.all([
    ask('search', () => selfService.searchArticles?.(lang, text)),
    ask('fixes', () => selfService.matchingFixes?.(lang, text, service)),
    ask('incidents', () => selfService.matchingIncidents?.(lang, text, service)),
  ]);
  return { found: { articles, fixes, incidents }, troubles };
}

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
