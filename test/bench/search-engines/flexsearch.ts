import { Charset, Document } from 'flexsearch';
import type { Article } from '../search-corpus.ts';
import { brotliBytes, type Engine, scriptBytes, timed } from './engine.ts';

type Row = { id: string; title: string; headings: string; body: string };

/** Prefixes in titles and headings, whole words in bodies, as its guide advises for memory; accents folded. */
function emptyIndex() {
  return new Document<Row>({
    encoder: Charset.Normalize,
    document: {
      id: 'id',
      index: [
        { field: 'title', tokenize: 'forward', encoder: Charset.Normalize },
        { field: 'headings', tokenize: 'forward', encoder: Charset.Normalize },
        { field: 'body', tokenize: 'strict', encoder: Charset.Normalize },
      ],
    },
  });
}

const rowOf = ({ id, title, headings, body }: Article): Row => ({
  id,
  title,
  headings: headings.join('\n'),
  body,
});

export const flexsearch: Engine = async (articles) => {
  const [index, buildMs] = timed(() => {
    const made = emptyIndex();
    for (const article of articles) made.add(rowOf(article));
    return made;
  });
  const parts = new Map<string, string>();
  await index.export((key: string, data: string) => {
    if (data) parts.set(key, data);
  });
  const loaded = emptyIndex();
  const start = performance.now();
  for (const [key, data] of parts) loaded.import(key, data);
  const loadMs = Math.round((performance.now() - start) * 10) / 10;
  const titles = JSON.stringify(Object.fromEntries(articles.map(({ id, title }) => [id, title])));
  const engineBytes = scriptBytes("export { Charset, Document } from 'flexsearch';");
  const bytes = engineBytes + brotliBytes([...parts.values()].join('\n')) + brotliBytes(titles);
  return {
    search(query, limit) {
      // `suggest`: articles that hold only some of the words count as well. Fields in order of their weight.
      const found = loaded.search(query, { limit, suggest: true });
      return [...new Set(found.flatMap(({ result }) => result.map(String)))].slice(0, limit);
    },
    cost: {
      firstAnswerBytes: bytes,
      fullBytes: bytes,
      engineBytes,
      requests: parts.size + 2,
      buildMs,
      loadMs,
    },
  };
};
