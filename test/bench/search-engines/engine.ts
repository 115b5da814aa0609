import { brotliCompressSync, constants } from 'node:zlib';
import { buildSync } from 'esbuild';
import type { Lang } from '../../../src/lib/lang.ts';
import type { Article } from '../search-corpus.ts';

/** Bytes are brotli-11 of what a browser downloads. */
export type Cost = {
  /** Engine script and all that is needed before the first answer can be shown. */
  readonly firstAnswerBytes: number;
  /** Engine script and everything that search may ever fetch. */
  readonly fullBytes: number;
  /** The script alone, bundled and minified. */
  readonly engineBytes: number;
  /** Requests before the first answer, the script included. */
  readonly requests: number;
  readonly buildMs: number;
  /** From bytes in memory to ready for the first query. */
  readonly loadMs: number;
};

export type BuiltEngine = {
  readonly cost: Cost & Readonly<Record<string, unknown>>;
  /** Ids, best first. */
  readonly search: (query: string, limit: number) => readonly string[] | Promise<readonly string[]>;
  readonly close?: () => Promise<void>;
};

export type Engine = (articles: readonly Article[], lang: Lang) => Promise<BuiltEngine>;

export const brotliBytes = (data: Uint8Array | string): number =>
  brotliCompressSync(data, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }).length;

/** Transfer size of a browser script made of this source, bundled and minified. */
export function scriptBytes(source: string): number {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return brotliBytes(outputFiles[0]?.contents ?? new Uint8Array(0));
}

export function timed<T>(run: () => T): readonly [T, number] {
  const start = performance.now();
  const value = run();
  return [value, Math.round((performance.now() - start) * 10) / 10];
}

/** Load time is taken several times, as the first run pays for compiling the code, and the middle one counts. */
export function timedLoad<T>(load: () => T): readonly [T, number] {
  const runs = Array.from({ length: 5 }, () => timed(load)).sort((a, b) => a[1] - b[1]);
  return runs[2] ?? timed(load);
}
