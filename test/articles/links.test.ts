import { describe, expect, test } from 'vitest';
import { resolveLink } from '../../src/articles/markdown/links.ts';

const from = { lang: 'fa', category: 'network', slug: 'vpn' } as const;

describe('a link in an article', () => {
  test.each([
    ['../accounts/reset.md', 'article', '/fa/articles/accounts/reset/'],
    ['wifi.md', 'article', '/fa/articles/network/wifi/'],
    ['./wifi.md#steps', 'article', '/fa/articles/network/wifi/#steps'],
    ['#here', 'article', '#here'],
    ['/fa/articles/network/wifi/#x', 'article', '/fa/articles/network/wifi/#x'],
    ['/fa/help', 'page', '/fa/help'],
    ['/desk', 'page', '/desk'],
    ['https://example.org/a.md', 'outside', 'https://example.org/a.md'],
    ['mailto:help@example.org', 'outside', 'mailto:help@example.org'],
    ['plan.pdf', 'file', '/files/fa/network/plan.pdf'],
  ])('%s is of the kind %s and leads to %s', (url, kind, href) => {
    expect(resolveLink(url, from)).toMatchObject({ kind, href });
  });

  test.each([
    ['/en/help', 'another language'],
    ['../../en/accounts/reset.md', 'another language'],
    ['../../../../etc/passwd', 'not an article'],
    ['../accounts/plan.pdf', 'neither an article'],
    ['a.exe', 'neither an article'],
    ['javascript:alert(1)', 'not allowed'],
    ['//evil.example/a.md', 'not allowed'],
    ['file:///etc/passwd', 'not allowed'],
    ['%2e%2e/%2e%2e/%2e%2e/x.md', 'not an article'],
  ])('%s is wrong: %s', (url, reason) => {
    const link = resolveLink(url, from);
    expect(link.kind).toBe('wrong');
    expect(link.kind === 'wrong' && link.reason).toContain(reason);
  });

  test('knows the anchor in letters, however it is written', () => {
    expect(resolveLink('../a/b.md#%DA%A9%D8%AF', from)).toMatchObject({ anchor: 'کد' });
    expect(resolveLink('#کد', from)).toMatchObject({ id: 'network/vpn', anchor: 'کد' });
  });
});
