import type { Query } from './search-corpus.ts';
import type { BuiltEngine } from './search-engines/engine.ts';

const DEPTH = 10;
/** Queries that warm the engines up before the clock counts. */
const WARM_UP = 40;
/** Typed on the wrong keyboard: a kind of its own, outside the averages. */
const OUTSIDE = 'layout';

type Ranks = { readonly query: Query; readonly rank: number; readonly ms: number };

/** 1 for the first place, 0 for nowhere in the first ten. */
async function ask(engine: BuiltEngine, query: Query): Promise<Ranks> {
  const start = performance.now();
  const ids = await engine.search(query.q, DEPTH);
  const ms = performance.now() - start;
  return { query, rank: ids.findIndex((id) => query.relevant.includes(id)) + 1, ms };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const reciprocal = ({ rank }: Ranks) => (rank === 0 ? 0 : 1 / rank);
const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

function summary(results: readonly (Ranks & { readonly isEmpty: boolean })[]) {
  const counted = results.filter(({ query }) => query.kind !== OUTSIDE);
  const kinds = Map.groupBy(results, ({ query }) => query.kind);
  const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
  const share = (test: (result: Ranks & { readonly isEmpty: boolean }) => boolean) =>
    rounded(mean(counted.map((result) => (test(result) ? 1 : 0))), 4);
  return {
    queries: results.length,
    mrr10: rounded(mean(counted.map(reciprocal)), 4),
    success1: share(({ rank }) => rank === 1),
    success5: share(({ rank }) => rank >= 1 && rank <= 5),
    noResult: share(({ isEmpty }) => isEmpty),
    byKind: Object.fromEntries(
      [...kinds].map(([kind, own]) => [kind, rounded(mean(own.map(reciprocal)), 4)]),
    ),
    p50Ms: rounded(quantile(times, 0.5), 3),
    p95Ms: rounded(quantile(times, 0.95), 3),
  };
}

/** All engines answer each query one after the other, in turn beginning with another, so that none gets the quiet moments. */
export async function measure(
  engines: readonly (readonly [string, BuiltEngine])[],
  queries: readonly Query[],
) {
  const results = new Map(engines.map(([name]) => [name, [] as (Ranks & { isEmpty: boolean })[]]));
  for (const query of queries.slice(0, WARM_UP))
    for (const [, engine] of engines) await engine.search(query.q, DEPTH);
  for (const [at, query] of queries.entries()) {
    for (let i = 0; i < engines.length; i++) {
      const [name, engine] = engines[(at + i) % engines.length] ?? [];
      if (name === undefined || engine === undefined) continue;
      const result = await ask(engine, query);
      const isEmpty = result.rank === 0 && (await engine.search(query.q, 1)).length === 0;
      results.get(name)?.push({ ...result, isEmpty });
    }
  }
  return engines.map(([engine, { cost }]) => ({ engine, ...summary(results.get(engine) ?? []), ...cost }));
}
