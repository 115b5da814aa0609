import type { Element, Root } from 'hast';
import { eachElement, isElement, textOf } from './tree.ts';

export interface Heading {
  readonly id: string;
  readonly text: string;
  readonly depth: 2 | 3;
}

/** The headings of the contents list and of the index. */
export function headingsOf(root: Root): Heading[] {
  const found: Heading[] = [];
  eachElement(root, (element) => {
    if (element.tagName !== 'h2' && element.tagName !== 'h3') return;
    const depth = element.tagName === 'h2' ? 2 : 3;
    found.push({ id: String(element.properties.id ?? ''), text: textOf(element).trim(), depth });
  });
  return found;
}

const BLOCKS = new Set(['p', 'li', 'td', 'th', 'div', 'dd', 'dt', 'section', 'blockquote', 'nav', 'tr']);

/** Plain text for the index: without headings (they count on their own) and without code blocks. */
export function bodyText(root: Root): string {
  const out: string[] = [];
  const walk = (node: Root | Element): void => {
    for (const child of node.children) {
      if (child.type === 'text') out.push(child.value);
      else if (isElement(child) && !/^(h[1-6]|pre)$/.test(child.tagName)) {
        walk(child);
        if (BLOCKS.has(child.tagName)) out.push('\n');
      }
    }
  };
  walk(root);
  return out
    .join('')
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

/** The first block of steps, for search engines that show instructions. */
export function stepsOf(root: Root): string[] {
  let steps: string[] = [];
  eachElement(root, (element) => {
    const classes = element.properties.className;
    if (steps.length > 0 || !Array.isArray(classes) || !classes.includes('steps')) return;
    eachElement(element, (item, parent) => {
      const isTop =
        item.tagName === 'li' && parent !== element && element.children.includes(parent as Element);
      if (isTop) steps = [...steps, textOf(item).replace(/\s+/g, ' ').trim()];
    });
  });
  return steps;
}
