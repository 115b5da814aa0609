import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isLang, type Lang } from '../../src/lib/lang.ts';

export type Article = {
  readonly id: string;
  readonly lang: Lang;
  readonly title: string;
  readonly headings: readonly string[];
  readonly body: string;
};

export type Query = {
  readonly q: string;
  readonly lang: Lang;
  readonly kind: string;
  readonly relevant: readonly string[];
};

function jsonLines<T extends { readonly lang: string }>(file: string): T[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const rows = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T);
  const wrong = rows.find(({ lang }) => !isLang(lang));
  if (wrong) throw new Error(`${file}: unknown language "${wrong.lang}"`);
  return rows;
}

function byLang<T extends { readonly lang: Lang }>(rows: readonly T[]): Map<Lang, T[]> {
  return Map.groupBy(rows, ({ lang }) => lang);
}

/** An id that comes twice (the same file named twice) is taken once. */
export const corporaOf = (files: readonly string[]): Map<Lang, Article[]> =>
  byLang([
    ...new Map(
      files.flatMap(jsonLines<Article>).map((article) => [`${article.lang}/${article.id}`, article]),
    ).values(),
  ]);

export const queriesOf = (files: readonly string[]): Map<Lang, Query[]> =>
  byLang(files.flatMap(jsonLines<Query>));

/** Small, seeded, the same on every machine (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `size` articles: those that the queries look for, and others by a fixed lot. */
export function sampled(articles: readonly Article[], queries: readonly Query[], size: number): Article[] {
  if (articles.length <= size) return [...articles];
  const wanted = new Set(queries.flatMap(({ relevant }) => relevant));
  const random = randomOf(20_24);
  const lots = articles.map((article) => ({ article, lot: wanted.has(article.id) ? -1 : random() }));
  return lots
    .sort((a, b) => a.lot - b.lot)
    .slice(0, Math.max(size, wanted.size))
    .map(({ article }) => article);
}
