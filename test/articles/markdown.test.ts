import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../src/articles/markdown/render.ts';
import type { Lang } from '../../src/lib/lang.ts';
import { describeProblem } from '../../src/lib/problem.ts';

const render = (body: string, lang: Lang = 'en') =>
  renderMarkdown(
    { lang, category: 'network', slug: 'vpn', file: `content/${lang}/network/vpn.md`, body, bodyOffset: 10 },
    { fixTitle: (id) => `Title of ${id}` },
  );
const problemsOf = (body: string) => render(body).problems.map(describeProblem);

describe('Markdown', () => {
  test('has tables, autolinks and task lists, and no clever punctuation', () => {
    const { html } = render('| a |\n|---|\n| b |\n\n"--renew" -- www.example.org\n\n- [x] done');
    expect(html).toContain('<table>');
    expect(html).toContain('"--renew" -- <a href="http://www.example.org">');
    expect(html).toContain('type="checkbox"');
  });

  test('gives headings ids in the letters of the language, once each', () => {
    const { headings, html } = render('## کد نرسید\n\n### Twice\n\n## Twice', 'fa');
    expect(headings).toEqual([
      { id: 'کد-نرسید', text: 'کد نرسید', depth: 2 },
      { id: 'twice', text: 'Twice', depth: 3 },
      { id: 'twice-1', text: 'Twice', depth: 2 },
    ]);
    expect(html).toContain('id="twice-1"');
  });

  test('writes code from left to right', () => {
    const { html } = render('`a`\n\n```sh\nb\n```', 'ar');
    expect(html).toContain('<code dir="auto">a</code>');
    expect(html).toContain('<pre dir="ltr" tabindex="0"><code class="language-sh" dir="auto">');
  });

  test('gives the index plain text without headings and code blocks', () => {
    const { text } = render('## Title\n\nOne **two**.\n\n```\nnoise\n```\n\n- three `0x80070005`');
    expect(text).toBe('One two.\nthree 0x80070005');
  });

  test('frames wide tables, so that they scroll by themselves', () => {
    expect(render('| a |\n|---|\n| b |').html).toMatch(
      /<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>/,
    );
  });
});

describe('directives', () => {
  test('steps keep their list and tell search engines of it', () => {
    const { html, steps } = render(':::steps\n1. Open.\n2. Close.\n   - inner\n:::');
    expect(html).toContain('<div class="steps"><ol>');
    expect(steps).toEqual(['Open.', 'Close. inner']);
  });

  test('tabs work without a script: one radio button per panel, the first chosen', () => {
    const { html } = render('::::tabs\n:::tab[Windows]\nA\n:::\n:::tab[macOS]\nB\n:::\n::::');
    expect(html.match(/<input type="radio" name="tabs-1"/g)).toHaveLength(2);
    expect(html).toContain('id="tabs-1-1" value="Windows" checked>');
    expect(html).toContain('<label for="tabs-1-2">macOS</label>');
    expect(html).toContain('<p class="panel-name">macOS</p><p>B</p>');
  });

  test('a decision is a question and plain links', () => {
    const { html } = render(
      ':::decision[What now?]\n- [Help](/en/help)\n- [Reset](../accounts/reset.md)\n:::',
    );
    expect(html).toContain('<nav class="decision" aria-label="What now?"><p class="question">What now?</p>');
    expect(html).toContain('<a href="/en/articles/accounts/reset/">Reset</a>');
  });

  test('a fix is a button with its name, or with another one', () => {
    const { html, fixes } = render('::fix{id=reset-password}\n\n::fix[Go]{id=unlock-account}', 'ru');
    expect(html).toContain('<a href="/ru/fixes/reset-password" class="button">Title of reset-password</a>');
    expect(html).toContain('<a href="/ru/fixes/unlock-account" class="button">Go</a>');
    expect(fixes).toEqual([
      { id: 'reset-password', line: 11 },
      { id: 'unlock-account', line: 13 },
    ]);
  });

  test('a status is a place for the live state', () => {
    const { html, services } = render('::status{service=vpn}');
    expect(html).toBe('<p data-service="vpn"></p>');
    expect(services).toEqual([{ id: 'vpn', line: 11 }]);
  });

  test.each([
    ['note', 'en', 'info', 'Note'],
    ['tip', 'ru', 'success', 'Совет'],
    ['warning', 'fa', 'warning', 'مهم'],
    ['danger', 'ar', 'danger', 'تحذير'],
  ] as const)('%s has its word in the language of the article', (name, lang, tone, word) => {
    expect(render(`:::${name}\nText\n:::`, lang).html).toBe(
      `<div class="notice plain ${tone}"><p class="notice-title">${word}</p><p>Text</p></div>`,
    );
  });

  test('an unknown one is told, and what stands in it is still read', () => {
    const { html, problems } = render('Text\n\n:::warnnig\nImportant.\n:::');
    expect(problems.map(describeProblem)).toEqual([
      'content/en/network/vpn.md:13: unknown directive "warnnig". Did you mean "warning"?',
    ]);
    expect(html).toContain('<p>Important.</p>');
  });

  test('a colon without a space is only a colon', () => {
    expect(render('Open Settings:Network, at 10:30pm.').html).toBe(
      '<p>Open Settings:Network, at 10:30pm.</p>',
    );
  });

  test.each([
    ['::fix', 'needs the id of a fix'],
    ['::status', 'needs the id of a service'],
    [':::steps\nText\n:::', 'expects a numbered list'],
    ['::::tabs\nText\n::::', 'holds only :::tab'],
    [':::tab[A]\nText\n:::', 'stands inside of ::::tabs'],
    [':::decision[Q]\nText\n:::', 'expects a question and a list'],
    [':::decision[Q]\n- no link\n:::', 'has to be a link'],
    ['# Title', 'begin with ##'],
    ['<b>bold</b>', 'HTML is not shown'],
    ['![](a.png)', 'needs a description'],
    ['![x](https://example.org/a.png)', 'images lie beside the article'],
  ])('%j is told', (body, expected) => {
    expect(problemsOf(body).join('\n')).toContain(expected);
  });
});

describe('hostile Markdown', () => {
  test('would be noticed', () => {
    expect(dangers('<p onclick="x"><svg></svg><a href="javascript:x">a</a></p>')).toHaveLength(4);
  });

  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](data:text/html,<script>alert(1)</script>)',
    '[a](//evil.example/x)',
    '![a](javascript:alert(1))',
    ':::note{onclick=alert(1) style=color:red}\nText\n:::',
    '::fix[<img src=x onerror=alert(1)>]{id="x\\"onload=alert(1)"}',
    '<iframe src="https://evil.example"></iframe>',
    '::::tabs\n:::tab["><script>alert(1)</script>]\nText\n:::\n::::',
  ])('%j leaves nothing that runs', (body) => {
    expect(dangers(render(body).html)).toEqual([]);
  });

  test('whatever is written, it renders, and safely', () => {
    const piece = fc.constantFrom(
      ...[
        ':::',
        '::',
        ':',
        '[',
        ']',
        '(',
        ')',
        '{',
        '}',
        '<',
        '>',
        '"',
        '`',
        '#',
        '- ',
        '1. ',
        '\n',
        '\n\n',
        '|',
      ],
      ...[
        'steps',
        'tabs',
        'tab',
        'note',
        'fix',
        'id=a',
        'javascript:',
        'onclick=x',
        '<a href="',
        '<svg/onload=x>',
      ],
      ...['سلام', 'привет', '\u202e', '\0', '![x](', '../a.md', '&#x6a;avascript:'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(dangers(render(pieces.join('')).html)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>/gi;
const KNOWN =
  /^(a|br|blockquote|code|del|div|em|h[2-4]|hr|img|input|label|li|nav|ol|p|pre|section|span|strong|sup|table|tbody|td|th|thead|tr|ul)$/;

/** Everything in our own (regular) HTML that is no harmless element or attribute. */
function dangers(html: string): string[] {
  const found: string[] = [];
  const rest = html.replace(TAG, (_tag, _end, name: string, attributes: string) => {
    if (!KNOWN.test(name)) found.push(name);
    for (const [, key = '', value = ''] of attributes.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g)) {
      if (/^on|^style$|^src(set|doc)$|^form/.test(key)) found.push(`${name} ${key}`);
      if ((key === 'href' || key === 'src') && !/^(https?:|mailto:|tel:|[/#](?!\/))/.test(value))
        found.push(`${name} ${key}=${value}`);
    }
    return '';
  });
  if (rest.includes('<')) found.push(rest);
  return found;
}
