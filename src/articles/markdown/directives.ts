import type { List, Paragraph, PhrasingContent, Root, RootContent } from 'mdast';
import type {} from 'remark-directive';
import { nearest } from '../../lib/nearest.ts';

type OfType<T extends RootContent['type']> = Extract<RootContent, { type: T }>;
type ContainerDirective = OfType<'containerDirective'>;
type LeafDirective = OfType<'leafDirective'>;
type TextDirective = OfType<'textDirective'>;
type Directive = ContainerDirective | LeafDirective | TextDirective;
type Node = Root | RootContent | Directive;

/** What the directives need to know and where they tell of mistakes. */
export interface DirectiveContext {
  /** Words in the article's language. */
  readonly t: (key: string) => string;
  readonly fixHref: (id: string) => string;
  /** Name of a fix in the article's language. */
  readonly fixTitle: (id: string) => string;
  readonly source: string;
  readonly problem: (node: Node, code: string, message: string, suggestion?: string) => void;
  readonly usesFix: (id: string, node: Node) => void;
  readonly usesService: (id: string, node: Node) => void;
}

const NOTICES = ['note', 'tip', 'warning', 'danger'] as const;
const CONTAINERS = ['steps', 'tabs', 'tab', 'decision', ...NOTICES];
const LEAVES = ['fix', 'status'];

/** Turns the directives of support articles into elements. What it does not know stays readable. */
export function applyDirectives(root: Root, context: DirectiveContext): void {
  const visit = (node: Node, parent?: Node): void => {
    if (node.type === 'textDirective') literal(node, context);
    else if (node.type === 'leafDirective') leaf(node, context);
    else if (node.type === 'containerDirective') container(node, parent, context);
    if ('children' in node) for (const child of [...node.children]) visit(child as Node, node);
  };
  visit(root);
}

/** "Settings:Network" is no directive but a colon without a space: shown as it was written. */
function literal(node: TextDirective, { source }: DirectiveContext): void {
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? from;
  const text = node as unknown as { type: string; value?: string; children?: unknown };
  text.type = 'text';
  text.value = source.slice(from, to);
  delete text.children;
}

function leaf(node: LeafDirective, context: DirectiveContext): void {
  if (node.name === 'fix') fixButton(node, context);
  else if (node.name === 'status') statusPlace(node, context);
  else {
    unknown(node, LEAVES, context);
    render(node, 'p');
  }
}

function fixButton(node: LeafDirective, context: DirectiveContext): void {
  const id = node.attributes?.id ?? '';
  if (id === '')
    context.problem(node, 'directive', '::fix needs the id of a fix, as in ::fix{id=reset-password}');
  else context.usesFix(id, node);
  const label = node.children.length > 0 ? node.children : [textNode(context.fixTitle(id))];
  const link: PhrasingContent = {
    type: 'link',
    url: context.fixHref(id),
    children: label as [],
    data: { hProperties: { className: ['button'] } },
  };
  node.children = [link];
  render(node, 'p', { className: ['fix'] });
}

function statusPlace(node: LeafDirective, context: DirectiveContext): void {
  const service = node.attributes?.service ?? '';
  if (service === '') {
    context.problem(node, 'directive', '::status needs the id of a service, as in ::status{service=vpn}');
  } else context.usesService(service, node);
  node.children = [];
  render(node, 'p', { dataService: service });
}

function container(node: ContainerDirective, parent: Node | undefined, context: DirectiveContext): void {
  const { name } = node;
  if (name === 'steps') {
    if (!node.children.some((child) => child.type === 'list' && child.ordered))
      context.problem(node, 'directive', ':::steps expects a numbered list');
    render(node, 'div', { className: ['steps'] });
  } else if (name === 'tabs') {
    const strangers = node.children.filter((child) => (child as Node as Directive).name !== 'tab');
    if (strangers.length > 0 || node.children.length === 0)
      context.problem(node, 'directive', '::::tabs holds only :::tab[Name] blocks');
    render(node, 'div', { dataTabs: '' });
  } else if (name === 'tab') {
    const title = takeLabel(node);
    const inTabs = parent?.type === 'containerDirective' && parent.name === 'tabs';
    if (!inTabs || title === undefined)
      context.problem(node, 'directive', ':::tab[Name] stands inside of ::::tabs and has a name');
    render(node, 'section', { dataTab: title ? plain(title) : '?' });
  } else if (name === 'decision') decision(node, context);
  else if (NOTICES.includes(name as 'note')) notice(node, name as 'note', context);
  else {
    unknown(node, CONTAINERS, context);
    render(node, 'div');
  }
}

function decision(node: ContainerDirective, context: DirectiveContext): void {
  const label = takeLabel(node);
  const list = node.children.find((child): child is List => child.type === 'list');
  if (!label || !list)
    context.problem(node, 'directive', ':::decision[Question] expects a question and a list of links');
  else if (list.children.some((item) => !hasLink(item)))
    context.problem(node, 'directive', 'every answer of :::decision has to be a link');
  const question = label ? plain(label) : '';
  if (label) {
    render(label, 'p', { className: ['question'] });
    node.children.unshift(label);
  }
  render(node, 'nav', { className: ['decision'], ariaLabel: question });
}

function notice(node: ContainerDirective, name: (typeof NOTICES)[number], context: DirectiveContext): void {
  const title = takeLabel(node) ?? paragraph(textNode(context.t(`articles.${name}`)));
  render(title, 'p', { className: ['notice-title'] });
  node.children.unshift(title);
  const tone = { note: 'info', tip: 'success', warning: 'warning', danger: 'danger' }[name];
  render(node, 'div', { className: ['notice', 'plain', tone] });
}

function unknown(node: Directive, known: readonly string[], context: DirectiveContext): void {
  const suggestion = nearest(node.name, known);
  context.problem(node, 'unknown-directive', `unknown directive "${node.name}"`, suggestion);
}

/** The `[label]` of a container, which the parser leaves as its first paragraph. */
function takeLabel(node: ContainerDirective): Paragraph | undefined {
  const [first] = node.children;
  if (first?.type !== 'paragraph') return undefined;
  if (!(first.data as { directiveLabel?: boolean } | undefined)?.directiveLabel) return undefined;
  node.children.shift();
  return first;
}

const hasLink = (node: Node): boolean =>
  node.type === 'link' || ('children' in node && node.children.some((child) => hasLink(child as Node)));

const plain = (node: Node): string =>
  'value' in node
    ? node.value
    : 'children' in node
      ? node.children.map((child) => plain(child as Node)).join('')
      : '';

const textNode = (value: string): PhrasingContent => ({ type: 'text', value });
const paragraph = (child: PhrasingContent): Paragraph => ({ type: 'paragraph', children: [child] });

function render(node: Directive | Paragraph, hName: string, hProperties: Record<string, unknown> = {}): void {
  node.data = { ...node.data, hName, hProperties } as never;
}
