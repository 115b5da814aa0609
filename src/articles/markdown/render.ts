import type { Root as HtmlRoot } from 'hast';
import type { Root } from 'mdast';
import rehypeSanitize from 'rehype-sanitize';
import rehypeSlug from 'rehype-slug';
import rehypeStringify from 'rehype-stringify';
import { remark } from 'remark';
import remarkDirective from 'remark-directive';
import remarkGfm from 'remark-gfm';
import remarkRehype from 'remark-rehype';
import { translator } from '../../i18n/words.ts';
import type { Lang } from '../../lib/lang.ts';
import type { Problem } from '../../lib/problem.ts';
import { applyDirectives } from './directives.ts';
import { bodyText, type Heading, headingsOf, stepsOf } from './outline.ts';
import { rewriteLinks } from './rewrite-links.ts';
import { SANITISE } from './sanitise-schema.ts';
import { buildTabs } from './tabs.ts';
import { eachElement, el } from './tree.ts';

export interface MarkdownSource {
  readonly lang: Lang;
  readonly category: string;
  readonly slug: string;
  readonly file: string;
  readonly body: string;
  readonly bodyOffset: number;
}

/** Something that is named in the text, with its line in the file. */
interface Named {
  readonly id: string;
  readonly line: number;
}

export interface Rendered {
  /** Safe HTML. `<p data-service="vpn"></p>` is a place for a live state. */
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly text: string;
  readonly steps: readonly string[];
  /** Articles that it links to, with the lines, to be checked against all others. */
  readonly links: readonly { readonly id: string; readonly anchor: string; readonly line: number }[];
  readonly files: readonly { readonly name: string; readonly line: number }[];
  readonly fixes: readonly Named[];
  readonly services: readonly Named[];
  readonly problems: readonly Problem[];
}

export interface RenderOptions {
  readonly fixTitle: (id: string, lang: Lang) => string;
}

/** Markdown with the directives of support articles → safe HTML and everything else that is known from its tree. */
export function renderMarkdown(source: MarkdownSource, { fixTitle }: RenderOptions): Rendered {
  const { lang, file } = source;
  const t = translator(lang);
  const problems: Problem[] = [];
  const found = { links: [] as Rendered['links'][number][], files: [] as Rendered['files'][number][] };
  const fixes: Named[] = [];
  const services: Named[] = [];
  const lineOf = (node: { readonly position?: Root['position'] }) =>
    (node.position?.start.line ?? 1) + source.bodyOffset;
  const tell = (line: number | undefined, code: string, message: string, suggestion?: string): void => {
    const at = (line ?? 1) + source.bodyOffset;
    problems.push({ file, line: at, key: '', code, message, ...(suggestion ? { suggestion } : {}) });
  };
  let outline: Pick<Rendered, 'headings' | 'text' | 'steps'> = { headings: [], text: '', steps: [] };

  const directives = () => (root: Root) => {
    reportUnshown(root, tell);
    applyDirectives(root, {
      t,
      source: source.body,
      fixHref: (id) => `/${lang}/fixes/${id}`,
      fixTitle: (id) => fixTitle(id, lang),
      problem: (node, code, message, suggestion) =>
        tell(node.position?.start.line, code, message, suggestion),
      usesFix: (id, node) => fixes.push({ id, line: lineOf(node) }),
      usesService: (id, node) => services.push({ id, line: lineOf(node) }),
    });
  };
  const links = () => (root: HtmlRoot) =>
    rewriteLinks(root, source, {
      tell,
      article: (id, anchor, line) => found.links.push({ id, anchor, line: line + source.bodyOffset }),
      file: (name, line) => found.files.push({ name, line: line + source.bodyOffset }),
    });
  const finish = () => (root: HtmlRoot) => {
    outline = { headings: headingsOf(root), text: bodyText(root), steps: stepsOf(root) };
    buildTabs(root, t('articles.tabs'));
    directions(root, t('articles.table'));
  };

  const html = String(
    remark()
      .use(remarkGfm)
      .use(remarkDirective)
      .use(directives)
      .use(remarkRehype, { footnoteLabel: t('articles.footnotes'), clobberPrefix: '' })
      .use(rehypeSlug)
      .use(links)
      .use(rehypeSanitize, SANITISE)
      .use(finish)
      .use(rehypeStringify)
      .processSync(source.body),
  );
  return { html, ...outline, ...found, fixes, services, problems };
}

type Tell = (line: number | undefined, code: string, message: string) => void;

/** What the page will not show as it was written. */
function reportUnshown(root: Root, tell: Tell): void {
  const visit = (node: Root | Root['children'][number]): void => {
    const line = node.position?.start.line;
    if (node.type === 'html' && !/^<!--/.test(node.value))
      tell(line, 'html', 'HTML is not shown; use Markdown and the directives');
    if (node.type === 'heading' && node.depth === 1)
      tell(line, 'heading', 'the title is the only first heading; begin with ##');
    if ('children' in node) for (const child of node.children) visit(child as Root['children'][number]);
  };
  visit(root);
}

/** Code is written from left to right in every language; wide tables scroll by themselves. */
function directions(root: HtmlRoot, tableLabel: string): void {
  eachElement(root, (element, parent, at) => {
    // What scrolls sideways must be reachable by keyboard.
    if (element.tagName === 'pre') element.properties = { ...element.properties, dir: 'ltr', tabIndex: 0 };
    if (element.tagName === 'code') element.properties.dir = 'auto';
    const isFramed = 'tagName' in parent && parent.properties.tabIndex === 0;
    if (element.tagName === 'table' && !isFramed) {
      const frame = { className: ['scroll'], role: 'region', ariaLabel: tableLabel, tabIndex: 0 };
      parent.children[at] = el('div', frame, [element]);
    }
  });
}
