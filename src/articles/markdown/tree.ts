import type { Element, Root, RootContent } from 'hast';

type Node = Root | RootContent;

export const isElement = (node: Node): node is Element => node.type === 'element';

/** Calls `visit` with every element, parents first; children are read after the visit. */
export function eachElement(
  node: Root | Element,
  visit: (element: Element, parent: Root | Element, at: number) => void,
): void {
  for (let at = 0; at < node.children.length; at++) {
    const child = node.children[at];
    if (!child || !isElement(child)) continue;
    visit(child, node, at);
    const now = node.children[at];
    if (now && isElement(now)) eachElement(now, visit);
  }
}

export const textOf = (node: Node): string =>
  node.type === 'text' ? node.value : 'children' in node ? node.children.map(textOf).join('') : '';

export const el = (
  tagName: string,
  properties: Element['properties'],
  children: Element['children'],
): Element => ({ type: 'element', tagName, properties, children });

export const text = (value: string): { type: 'text'; value: string } => ({ type: 'text', value });
