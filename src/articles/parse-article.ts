import { createHash } from 'node:crypto';
import { checkedYaml } from '../lib/checked-yaml.ts';
import type { Lang } from '../lib/lang.ts';
import type { Problem } from '../lib/problem.ts';
import { type Article, frontMatterSchema } from './schema.ts';

export interface ArticlePlace {
  readonly lang: Lang;
  readonly category: string;
  readonly slug: string;
  readonly file: string;
}

export type ParsedArticle =
  | { readonly ok: true; readonly article: Article }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** An article that long is a book; refused before any work is done on it. */
const MOST_CHARACTERS = 200_000;

/** The hash that `translationOf` names: of what a reader reads, so that new keywords make no translation old. */
export const bodyHash = (body: string): string =>
  createHash('sha256').update(body.trim()).digest('hex').slice(0, 12);

export function parseArticle(place: ArticlePlace, fileText: string): ParsedArticle {
  const { file } = place;
  const text = fileText.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const wrong = (code: string, message: string): ParsedArticle => ({
    ok: false,
    problems: [{ file, line: 1, key: '', code, message }],
  });
  if (text.length > MOST_CHARACTERS)
    return wrong('too-large', `longer than ${MOST_CHARACTERS} characters; split it`);
  const match = /^---\n([\s\S]*?\n)---[ \t]*(?:\n|$)/.exec(text);
  if (!match)
    return wrong('no-front-matter', 'expected front matter: a line "---", the keys, and another line "---"');
  const checked = checkedYaml(frontMatterSchema, { file, text: match[1] ?? '', lineOffset: 1 });
  if (!checked.ok) return checked;
  const body = text.slice(match[0].length);
  if (body.trim() === '') return wrong('empty', 'there is no text below the front matter');
  const { lang, category, slug } = place;
  return {
    ok: true,
    article: {
      ...checked.value,
      lang,
      category,
      slug,
      id: `${category}/${slug}`,
      file,
      body,
      bodyOffset: match[0].split('\n').length - 1,
      hash: bodyHash(body),
    },
  };
}
