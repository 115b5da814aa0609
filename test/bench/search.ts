// `npm run -s bench:search -- --articles FILE… --queries FILE… [--engines a,b] [--sizes n,…]`
// One JSON line per language, size and engine; the fields are explained in search-engines/engine.ts.
import { parseArgs } from 'node:util';
import { corporaOf, queriesOf, sampled } from './search-corpus.ts';
import type { BuiltEngine } from './search-engines/engine.ts';
import { ENGINES, isEngineName } from './search-engines/registry.ts';
import { measure } from './search-measure.ts';

/** `--articles a b --articles c`: node's parser takes one value per option, people write several. */
function spread(args: readonly string[]): string[] {
  let option = '';
  return args.flatMap((arg) => {
    if (arg.startsWith('--')) {
      option = arg;
      return [];
    }
    return [option, arg];
  });
}

const { values } = parseArgs({
  args: spread(process.argv.slice(2).flatMap((arg) => (arg.startsWith('--') ? arg.split('=') : [arg]))),
  options: {
    articles: { type: 'string', multiple: true, default: [] },
    queries: { type: 'string', multiple: true, default: [] },
    engines: { type: 'string', default: Object.keys(ENGINES).join(',') },
    sizes: { type: 'string', default: '' },
  },
});

if (values.articles.length === 0 || values.queries.length === 0) {
  console.error('usage: bench:search --articles FILE… --queries FILE… [--engines a,b] [--sizes n,…]');
  process.exit(2);
}
const names = values.engines.split(',').filter((name) => name !== '');
const unknown = names.find((name) => !isEngineName(name));
if (unknown !== undefined) {
  console.error(`unknown engine "${unknown}"; there are ${Object.keys(ENGINES).join(', ')}`);
  process.exit(2);
}

const corpora = corporaOf(values.articles);
const queries = queriesOf(values.queries);
// Without sizes, and where a language has fewer articles, all of them are taken; each size only once.
const sizes = values.sizes === '' ? [Number.POSITIVE_INFINITY] : values.sizes.split(',').map(Number);

for (const [lang, all] of corpora) {
  const asked = queries.get(lang) ?? [];
  if (asked.length === 0) continue;
  const done = new Set<number>();
  for (const size of sizes) {
    const articles = sampled(all, asked, size);
    if (done.has(articles.length)) continue;
    done.add(articles.length);
    const engines: [string, BuiltEngine][] = [];
    for (const name of names.filter(isEngineName)) {
      engines.push([name, await ENGINES[name](articles, lang)]);
    }
    for (const { engine, ...line } of await measure(engines, asked)) {
      console.log(JSON.stringify({ lang, engine, articles: articles.length, ...line }));
    }
    for (const [, engine] of engines) await engine.close?.();
  }
}
