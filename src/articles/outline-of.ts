import type { Rendered } from './markdown/render.ts';
import { renderMarkdown } from './markdown/render.ts';
import type { Article } from './schema.ts';

/** What is known from an article's Markdown besides its HTML: for the index and for the checks. */
export interface Outline
  extends Pick<Rendered, 'text' | 'links' | 'files' | 'fixes' | 'services' | 'problems'> {
  readonly headings: readonly string[];
  readonly anchors: readonly string[];
}

export function outlineOf(article: Article): Outline {
  const { text, headings, links, files, fixes, services, problems } = renderMarkdown(article, {
    fixTitle: (id) => id,
  });
  return {
    text,
    headings: headings.map((heading) => heading.text),
    anchors: headings.map((heading) => heading.id),
    links,
    files,
    fixes,
    services,
    problems,
  };
}
