import { LANGS } from '../lib/lang.ts';
import { nearest } from '../lib/nearest.ts';
import type { Problem } from '../lib/problem.ts';
import type { Outline } from './outline-of.ts';
import type { Article } from './schema.ts';
import type { Shelf } from './shelf.ts';

export interface Known {
  readonly fixes: readonly string[];
  /** Empty: not known yet, so nothing is said about services. */
  readonly services: readonly string[];
  readonly outlineOf: (article: Article) => Outline | undefined;
  readonly fileExists: (article: Article, name: string) => boolean;
}

/** Links, fixes, services, categories and sources that articles name and that do not exist. */
export function checkReferences(shelf: Shelf, known: Known): readonly Problem[] {
  const problems: Problem[] = [];
  for (const lang of LANGS) {
    const own = shelf.articles[lang];
    const categories = shelf.categories[lang].map((category) => category.id);
    const anywhere = [...new Set(LANGS.flatMap((other) => [...shelf.articles[other].keys()]))];
    for (const article of own.values()) {
      const tell = wrongIn(article, problems);
      if (!categories.includes(article.category)) {
        tell('', 'no-category', `the category ${article.category} is not in content/${lang}/categories.yaml`);
      }
      for (const id of article.related)
        if (!anywhere.includes(id))
          tell('related', 'no-article', `there is no article ${id}`, { meant: nearest(id, anywhere) });
      checkSource(shelf, article, tell);
      checkNames(article, known, tell);
      checkOutline(article, { shelf, known, anywhere, tell });
    }
  }
  return problems;
}

type Tell = (
  key: string,
  code: string,
  message: string,
  more?: { readonly meant?: string | undefined; readonly line?: number },
) => void;

const wrongIn =
  (article: Article, problems: Problem[]): Tell =>
  (key, code, message, { meant, line = 1 } = {}) =>
    problems.push({ file: article.file, line, key, code, message, ...(meant ? { suggestion: meant } : {}) });

function checkSource(shelf: Shelf, article: Article, tell: Tell): void {
  const from = article.translationOf;
  if (!from) return;
  if (from.lang === article.lang)
    tell('translationOf.lang', 'wrong-value', 'an article is no translation of itself');
  else if (!shelf.articles[from.lang].has(article.id))
    tell('translationOf.lang', 'no-article', `there is no ${from.lang} article ${article.id}`);
}

function checkNames(article: Article, { fixes, services }: Known, tell: Tell): void {
  for (const id of article.fixes)
    if (!fixes.includes(id)) tell('fixes', 'no-fix', `there is no fix ${id}`, { meant: nearest(id, fixes) });
  const { service } = article;
  if (service !== undefined && services.length > 0 && !services.includes(service))
    tell('service', 'no-service', `there is no service ${service}`, { meant: nearest(service, services) });
}

interface Parts {
  readonly shelf: Shelf;
  readonly known: Known;
  readonly anywhere: readonly string[];
  readonly tell: Tell;
}

function checkOutline(article: Article, parts: Parts): void {
  const { known, tell } = parts;
  const outline = known.outlineOf(article);
  if (!outline) return;
  for (const link of outline.links) checkLink(article, link, parts);
  for (const { name, line } of outline.files)
    if (!known.fileExists(article, name))
      tell('', 'no-file', `there is no file ${name} beside the article`, { line });
  for (const { id, line } of outline.fixes)
    if (!known.fixes.includes(id))
      tell('', 'no-fix', `there is no fix ${id}`, { line, meant: nearest(id, known.fixes) });
  for (const { id, line } of outline.services)
    if (known.services.length > 0 && !known.services.includes(id))
      tell('', 'no-service', `there is no service ${id}`, { line, meant: nearest(id, known.services) });
}

/** An article in another language will do: the reader is shown that one. */
function checkLink(
  article: Article,
  { id, anchor, line }: Outline['links'][number],
  { shelf, known, anywhere, tell }: Parts,
): void {
  const target = shelf.articles[article.lang].get(id);
  if (!target && !anywhere.includes(id)) {
    const meant = shelf.aliases.get(id) ?? nearest(id, anywhere);
    tell('', 'broken-link', `the link leads to ${id}, which does not exist`, { line, meant });
  }
  const anchors = target && anchor !== '' ? known.outlineOf(target)?.anchors : undefined;
  if (anchors && !anchors.includes(anchor))
    tell('', 'broken-link', `${id} has no heading #${anchor}`, { line, meant: nearest(anchor, anchors) });
}
