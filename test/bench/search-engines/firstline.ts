import { buildIndex } from '../../../src/articles/search/build-index.ts';
import { firstAnswerFrom } from '../../../src/articles/search/first-answer.ts';
import { openReader, type Reader } from '../../../src/articles/search/reader.ts';
import type { Article } from '../search-corpus.ts';
import { brotliBytes, type Engine, scriptBytes, timed, timedLoad } from './engine.ts';

/** What the browser's worker imports. */
const SCRIPT = `
export { openReader } from '../../../src/articles/search/reader.ts';
export { highlight } from '../../../src/articles/search/highlight.ts';
`;

const SHOWN = 7;

/** Size of the server's answer to one query, as `GET /api/v1/search` writes it. */
function answerBytes(reader: Reader, query: string): number {
  const results = reader.search(query, SHOWN).map(({ id, title, score }) => ({
    id,
    url: `/en/articles/${id}/`,
    title,
    summary: '',
    score,
  }));
  return brotliBytes(JSON.stringify({ results, fixes: [], incidents: [] }));
}

function medianAnswer(reader: Reader, articles: readonly Article[]): number {
  const sizes = articles.slice(0, 50).map(({ title }) => answerBytes(reader, title));
  return sizes.sort((a, b) => a - b)[sizes.length >> 1] ?? 0;
}

export const firstline: Engine = async (articles, lang) => {
  const docs = articles.map(({ id, title, headings, body }) => ({ id, title, headings, body, keywords: [] }));
  const [{ t0, t1 }, buildMs] = timed(() => buildIndex(docs, lang));
  const [reader, loadMs] = timedLoad(() => {
    const opened = openReader(t0);
    opened.addBody(t1);
    return opened;
  });
  const engineBytes = scriptBytes(SCRIPT);
  const [t0Bytes, t1Bytes] = [brotliBytes(t0), brotliBytes(t1)];
  const firstAnswer = firstAnswerFrom(t0Bytes);
  return {
    search: (query, limit) => reader.search(query, limit).map(({ id }) => id),
    cost: {
      firstAnswerBytes: engineBytes + (firstAnswer === 'index' ? t0Bytes : medianAnswer(reader, articles)),
      fullBytes: engineBytes + t0Bytes + t1Bytes,
      engineBytes,
      requests: 2,
      buildMs,
      loadMs,
      firstAnswer,
      t0Bytes,
      t1Bytes,
    },
  };
};
