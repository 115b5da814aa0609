import type { FromWorker, Suggestion, ToWorker } from './search-messages.ts';

interface Extra {
  readonly fixes: readonly { readonly url: string; readonly title: string }[];
  readonly incidents: readonly { readonly id: string; readonly url: string; readonly title: string }[];
  readonly didYouMean?: string | undefined;
}

export interface Found extends Extra {
  readonly q: string;
  readonly articles: readonly Suggestion[];
}

interface Settings {
  readonly lang: string;
  readonly t0: string | undefined;
  readonly t1: string | undefined;
  readonly show: (found: Found) => void;
}

const LIMIT = 7;
const SERVER_AFTER_MS = 200;
const NOTHING: Extra = { fixes: [], incidents: [] };

interface ServerAnswer extends Extra {
  readonly results: readonly { readonly url: string; readonly title: string }[];
}

/**
 * Articles come from the index in a worker, with every key; fixes and incidents from the server, a moment later.
 * Without an index (or without workers) the server answers for both.
 */
export function createSource({ lang, t0, t1, show }: Settings) {
  let q = '';
  let articles: readonly Suggestion[] = [];
  let extra: Extra = NOTHING;
  let suggestion: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  let worker = t0 && t1 ? startWorker(t0, t1) : undefined;
  let last = 0;

  const tell = (): void => show({ q, articles, ...extra, didYouMean: suggestion ?? extra.didYouMean });

  function startWorker(first: string, second: string): Worker | undefined {
    try {
      const started = new Worker(new URL('./search-worker.ts', import.meta.url), { type: 'module' });
      started.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => heard(data));
      started.addEventListener('error', () => heard({ kind: 'failed' }));
      started.postMessage({ kind: 'open', lang, t0: first, t1: second } satisfies ToWorker);
      return started;
    } catch {
      return undefined;
    }
  }

  function heard(message: FromWorker): void {
    if (message.kind === 'ready') ask();
    else if (message.kind === 'failed') {
      worker = undefined;
      void askServer();
    } else if (message.id === last) {
      articles = message.hits;
      suggestion = message.didYouMean;
      tell();
    }
  }

  function ask(): void {
    if (q === '') return;
    worker?.postMessage({ kind: 'search', id: ++last, q, limit: LIMIT } satisfies ToWorker);
  }

  async function askServer(): Promise<void> {
    running?.abort();
    running = new AbortController();
    const asked = q;
    if (asked.trim() === '') return;
    const query = new URLSearchParams({ q: asked, lang, limit: String(LIMIT) });
    try {
      const answer = await fetch(`/api/v1/search?${query}`, { signal: running.signal });
      if (!answer.ok) return;
      const found = (await answer.json()) as ServerAnswer;
      if (asked !== q) return;
      extra = found;
      if (!worker) {
        articles = found.results.map(({ url, title }) => ({
          url,
          note: '',
          title: [{ text: title, isMatch: false }],
        }));
      }
      tell();
    } catch {
      // Offline or a newer question: what is shown stays.
    }
  }

  return {
    search(text: string): void {
      q = text;
      clearTimeout(timer);
      if (text.trim() === '') {
        articles = [];
        extra = NOTHING;
        return;
      }
      ask();
      timer = setTimeout(askServer, SERVER_AFTER_MS);
    },
  };
}
