import lunr from 'lunr';
import arabic from 'lunr-languages/lunr.ar.js';
import russian from 'lunr-languages/lunr.ru.js';
import stemmerSupport from 'lunr-languages/lunr.stemmer.support.js';
import type { Lang } from '../../../src/lib/lang.ts';
import type { Article } from '../search-corpus.ts';
import { brotliBytes, type Engine, scriptBytes, timed, timedLoad } from './engine.ts';

stemmerSupport(lunr);
russian(lunr);
arabic(lunr);
const languages = lunr as unknown as Readonly<Record<string, lunr.Builder.Plugin>>;

function build(articles: readonly Article[], lang: Lang): lunr.Index {
  return lunr((builder) => {
    const plugin = languages[lang];
    if (plugin) builder.use(plugin);
    // There is no Persian in lunr-languages; its English pipeline would drop every word.
    else if (lang !== 'en') builder.pipeline.reset();
    builder.ref('id');
    builder.field('title', { boost: 3 });
    builder.field('headings', { boost: 2 });
    builder.field('body');
    for (const { id, title, headings, body } of articles) {
      builder.add({ id, title, headings: headings.join('\n'), body });
    }
  });
}

/** Each word as it is, then as a prefix, then with one mistake: the recipe of lunr's guide. */
function search(index: lunr.Index, query: string): lunr.Index.Result[] {
  return index.query((q) => {
    for (const token of lunr.tokenizer(query)) {
      const word = token.toString();
      q.term(word, { boost: 100 });
      q.term(word, { boost: 10, usePipeline: false, wildcard: lunr.Query.wildcard.TRAILING });
      q.term(word, { boost: 1, usePipeline: false, editDistance: 1 });
    }
  });
}

export const lunrEngine: Engine = async (articles, lang) => {
  const [json, buildMs] = timed(() => JSON.stringify(build(articles, lang)));
  const titles = JSON.stringify(Object.fromEntries(articles.map(({ id, title }) => [id, title])));
  const [index, loadMs] = timedLoad(() => lunr.Index.load(JSON.parse(json) as object));
  const plugin = lang === 'ru' || lang === 'ar' ? `import 'lunr-languages/lunr.${lang}.js';` : '';
  const support = plugin === '' ? '' : "import 'lunr-languages/lunr.stemmer.support.js';";
  const engineBytes = scriptBytes(`${support}${plugin} export { default } from 'lunr';`);
  const bytes = engineBytes + brotliBytes(json) + brotliBytes(titles);
  return {
    search: (query, limit) =>
      search(index, query)
        .slice(0, limit)
        .map(({ ref }) => ref),
    cost: { firstAnswerBytes: bytes, fullBytes: bytes, engineBytes, requests: 3, buildMs, loadMs },
  };
};
