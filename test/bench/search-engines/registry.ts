import type { Engine } from './engine.ts';
import { firstline } from './firstline.ts';
import { flexsearch } from './flexsearch.ts';
import { lunrEngine } from './lunr.ts';
import { minisearch } from './minisearch.ts';
import { pagefind } from './pagefind.ts';

export const ENGINES = { firstline, minisearch, pagefind, flexsearch, lunr: lunrEngine } satisfies Record<
  string,
  Engine
>;

export const isEngineName = (name: string): name is keyof typeof ENGINES => name in ENGINES;
