import type { Element, Root } from 'hast';
import { type LinkPlace, resolveLink } from './links.ts';
import { eachElement } from './tree.ts';

interface Tell {
  readonly tell: (line: number | undefined, code: string, message: string) => void;
  /** Lines are those of the body, from 1. */
  readonly article: (id: string, anchor: string, line: number) => void;
  readonly file: (name: string, line: number) => void;
}

/** Links between files become links between pages; what leads nowhere loses its link and is told. */
export function rewriteLinks(root: Root, from: LinkPlace, tell: Tell): void {
  eachElement(root, (element) => {
    if (element.tagName === 'a') rewriteLink(element, from, tell);
    else if (element.tagName === 'img') rewriteImage(element, from, tell);
  });
}

function rewriteLink(element: Element, from: LinkPlace, { tell, article, file }: Tell): void {
  const { href } = element.properties;
  if (typeof href !== 'string') return;
  const line = element.position?.start.line ?? 1;
  const link = resolveLink(href, from);
  if (link.kind === 'wrong') {
    tell(line, 'link', link.reason);
    delete element.properties.href;
    return;
  }
  element.properties.href = link.href;
  if (link.kind === 'article') article(link.id, link.anchor, line);
  if (link.kind === 'file') file(link.name, line);
}

function rewriteImage(element: Element, from: LinkPlace, { tell, file }: Tell): void {
  const { src, alt } = element.properties;
  const line = element.position?.start.line ?? 1;
  const link = resolveLink(String(src ?? ''), from);
  if (!alt) tell(line, 'alt', 'the image needs a description: ![what it shows](file.png)');
  if (link.kind !== 'file') {
    tell(line, 'image', `images lie beside the article; ${String(src).slice(0, 80)} is not shown`);
    element.properties = { alt: alt ?? '' };
    return;
  }
  file(link.name, line);
  element.properties = { ...element.properties, src: link.href, loading: 'lazy' };
}
