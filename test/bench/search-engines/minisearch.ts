import MiniSearch from 'minisearch';
import { brotliBytes, type Engine, scriptBytes, timed, timedLoad } from './engine.ts';

/** As its documentation recommends for site search: prefix, fuzzy .2, titles boosted; text split by its Unicode rule. */
const OPTIONS = {
  fields: ['title', 'headings', 'body'],
  storeFields: ['title'],
  searchOptions: { prefix: true, fuzzy: 0.2, boost: { title: 3, headings: 2 } },
};

export const minisearch: Engine = async (articles) => {
  const [json, buildMs] = timed(() => {
    const index = new MiniSearch(OPTIONS);
    index.addAll(
      articles.map(({ id, title, headings, body }) => ({ id, title, headings: headings.join('\n'), body })),
    );
    return JSON.stringify(index);
  });
  const [index, loadMs] = timedLoad(() => MiniSearch.loadJSON(json, OPTIONS));
  const engineBytes = scriptBytes("export { default } from 'minisearch';");
  const bytes = engineBytes + brotliBytes(json);
  return {
    search: (query, limit) =>
      index
        .search(query)
        .slice(0, limit)
        .map(({ id }) => String(id)),
    cost: { firstAnswerBytes: bytes, fullBytes: bytes, engineBytes, requests: 2, buildMs, loadMs },
  };
};
