import type { Element, Root } from 'hast';
import { eachElement, el, isElement, text, textOf } from './tree.ts';

/**
 * Tabs as radio buttons, made after sanitising: they switch without a script, arrow keys move between them,
 * and on paper all panels are shown. A small script only remembers the choice.
 */
export function buildTabs(root: Root, legend: string): void {
  let count = 0;
  eachElement(root, (element, parent, at) => {
    if (element.properties.dataTabs === undefined) return;
    count++;
    const panels = element.children
      .filter(isElement)
      .filter((child) => child.properties.dataTab !== undefined);
    const name = `tabs-${count}`;
    parent.children[at] = el('div', { className: ['tabs'], role: 'group', ariaLabel: legend }, [
      ...panels.flatMap((panel, i) => control(panel, name, i)),
      ...panels.map((panel, i) => framed(panel, i)),
    ]);
  });
}

function control(panel: Element, name: string, i: number): Element[] {
  const id = `${name}-${i + 1}`;
  const title = String(panel.properties.dataTab);
  return [
    el('input', { type: 'radio', name, id, value: title, checked: i === 0 }, []),
    el('label', { htmlFor: [id] }, [text(title)]),
  ];
}

const framed = (panel: Element, i: number): Element =>
  el('div', { className: ['panel', `panel-${i + 1}`] }, [
    el('p', { className: ['panel-name'] }, [text(String(panel.properties.dataTab))]),
    ...panel.children.filter((child) => isElement(child) || textOf(child).trim() !== ''),
  ]);
