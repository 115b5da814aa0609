import type { Article } from '../../src/articles/schema.ts';
import type { Lang } from '../../src/lib/lang.ts';

/** An article that is in order, with what the test is about. */
export function sampleArticle(id: string, lang: Lang, more: Partial<Article> = {}): Article {
  const [category = '', slug = ''] = id.split('/');
  return {
    id,
    lang,
    category,
    slug,
    file: `content/${lang}/${id}.md`,
    title: `Title of ${id}`,
    summary: 'Summary.',
    fixes: [],
    keywords: [],
    aliases: [],
    tags: [],
    status: 'published',
    owner: 'ivan',
    audience: 'public',
    related: [],
    body: 'Text.',
    bodyOffset: 8,
    hash: '000000000000',
    ...more,
  };
}
