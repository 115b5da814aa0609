import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeNext } from '../../src/lib/safe-next.ts';

describe('where to go after signing in', () => {
  test.each([
    ['/desk', '/desk'],
    ['/fa/help?service=mail', '/fa/help?service=mail'],
    ['/admin/jobs#dead', '/admin/jobs'],
    ['/desk/../admin', '/admin'],
  ])('%s is a page here', (next, expected) => {
    expect(safeNext(next)).toBe(expected);
  });

  test.each([
    [''],
    [null],
    [undefined],
    ['https://evil.example/'],
    ['//evil.example/'],
    ['///evil.example/'],
    ['/\\evil.example/'],
    ['/\t/evil.example/'],
    ['/%0d%0aLocation:x/../\\\\evil'],
    ['\\/evil.example'],
    ['javascript:alert(1)'],
    ['/x\nSet-Cookie: a=b'],
    ['/.//evil.example'],
    ['/a/..//evil.example'],
    ['/api/v1/audit'],
    ['/en/sign-in'],
    ['/en/account/sign-out'],
    [`/${'a'.repeat(600)}`],
    ['/ evil'],
    ['evil.example'],
  ])('%j is not followed', (next) => {
    expect(safeNext(next)).toBeUndefined();
  });

  test('whatever is followed stays on this site, in every browser', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('/', '\\', '.', '@', ':', '?', '#', '%', '2', 'f', 'e', '\t', 'x', ' '),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          nasty,
          nasty.map((rest) => `/${rest}`),
          fc.webUrl(),
        ),
        (next) => {
          const path = safeNext(next);
          if (path === undefined) return;
          expect(path).toMatch(/^\/(?![/\\])/);
          expect(new URL(path, 'https://portal.example').origin).toBe('https://portal.example');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
