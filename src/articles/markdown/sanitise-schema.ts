import type { Options } from 'rehype-sanitize';

/**
 * What may stand in an article. Ids keep their names (links point to them); everything that could run,
 * load from elsewhere or be clicked into a form is not on the list.
 */
export const SANITISE: Options = {
  strip: ['script', 'style'],
  clobber: [],
  tagNames: [
    ...[
      'a',
      'abbr',
      'blockquote',
      'br',
      'code',
      'dd',
      'del',
      'div',
      'dl',
      'dt',
      'em',
      'h2',
      'h3',
      'h4',
      'hr',
    ],
    ...['img', 'input', 'kbd', 'li', 'nav', 'ol', 'p', 'pre', 'section', 'span', 'strong', 'sub', 'sup'],
    ...['table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
  ],
  attributes: {
    a: [
      'href',
      ['className', 'button'],
      'ariaLabel',
      'ariaDescribedBy',
      'dataFootnoteRef',
      'dataFootnoteBackref',
    ],
    code: [
      ['className', /^language-[\w-]{1,30}$/],
      ['dir', 'auto'],
    ],
    div: [
      ['className', 'steps', 'notice', 'plain', 'info', 'success', 'warning', 'danger', 'scroll'],
      'dataTabs',
      'role',
      'ariaLabel',
      ['tabIndex', 0],
    ],
    img: ['src', 'alt', ['loading', 'lazy'], 'width', 'height'],
    input: [
      ['type', 'checkbox'],
      ['disabled', true],
      ['checked', true],
    ],
    li: [['className', 'task-list-item']],
    nav: [['className', 'decision'], 'ariaLabel'],
    ol: ['start'],
    p: [['className', 'question', 'notice-title', 'fix'], 'dataService'],
    pre: [['dir', 'ltr']],
    section: ['dataTab', 'dataFootnotes'],
    td: ['align'],
    th: ['align', 'scope'],
    ul: [['className', 'contains-task-list']],
    '*': ['id', 'lang', 'title'],
  },
  protocols: { href: ['http', 'https', 'mailto', 'tel'], src: [] },
  required: { input: { disabled: true, type: 'checkbox' } },
};
