import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { domain } from '../../../src/monitors/kinds/domain.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';

const running: Server[] = [];
afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function registry(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/rdap/`;
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 + 60_000).toISOString();
const record = (days: number, more: object = {}) => ({
  objectClassName: 'domain',
  ldhName: 'example.org',
  status: ['active', 'client transfer prohibited'],
  events: [
    { eventAction: 'registration', eventDate: '1999-01-01T00:00:00Z' },
    { eventAction: 'expiration', eventDate: inDays(days) },
  ],
  entities: [
    {
      roles: ['registrar'],
      vcardArray: [
        'vcard',
        [
          ['version', {}, 'text', '4.0'],
          ['fn', {}, 'text', 'Names Ltd'],
        ],
      ],
    },
  ],
  ...more,
});
const telling =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/rdap+json' }).end(JSON.stringify(body));
  };

describe('a registry', () => {
  test('tells the days, the state and the registrar', async () => {
    let asked = '';
    const server = await registry((request, response) => {
      asked = request.url ?? '';
      telling(record(40))(request, response);
    });
    const conditions = [
      'domain.days > 30',
      'domain.status contains "active"',
      'domain.registrar == "Names Ltd"',
    ];
    const seen = await runCheck(domain, { target: 'example.org', server }, { conditions });
    expect(seen).toMatchObject({ broken: [], values: { 'domain.days': 40 } });
    expect(asked).toBe('/rdap/domain/example.org');
  });

  test.each([
    ['soon', 5, ['domain.days > 7: 5']],
    ['already', -3, ['domain.days > 7: -3']],
  ])('a domain that expires %s', async (_name, days, broken) => {
    const server = await registry(telling(record(days)));
    expect((await runCheck(domain, { target: 'example.org', server })).broken).toEqual(broken);
  });

  test('is asked for the ASCII form of a name, and may send on to another', async () => {
    const asked: string[] = [];
    const server = await registry((request, response) => {
      asked.push(request.url ?? '');
      if (asked.length === 1) response.writeHead(302, { location: '/other/domain/x' }).end();
      else telling(record(40))(request, response);
    });
    expect((await runCheck(domain, { target: 'пример.рф', server })).broken).toEqual([]);
    expect(asked).toEqual(['/rdap/domain/xn--e1afmkfd.xn--p1ai', '/other/domain/x']);
  });

  test('that does not know the domain: it is not registered', async () => {
    const server = await registry(telling({ errorCode: 404 }, 404));
    expect((await runCheck(domain, { target: 'example.org', server })).failure).toEqual({
      code: 'not-registered',
    });
  });

  test.each([
    ['is busy', telling({}, 429), { code: 'registry-failed', detail: '429' }],
    ['is broken', telling({}, 503), { code: 'registry-failed', detail: '503' }],
    ['says nothing of expiry', telling(record(1, { events: [] })), { code: 'no-expiry-date' }],
    [
      'says a date that is none',
      telling(record(1, { events: [{ eventAction: 'expiration', eventDate: 'soon' }] })),
      { code: 'no-expiry-date' },
    ],
    ['speaks of something else', telling({ objectClassName: 'entity' }), { code: 'registry-failed' }],
    ['speaks no JSON', ((_q, r) => r.end('<html>')) satisfies RequestListener, { code: 'registry-failed' }],
    [
      'sends us in a circle',
      ((q, r) => r.writeHead(302, { location: q.url }).end()) satisfies RequestListener,
      { code: 'registry-failed' },
    ],
    [
      'unfolds into 100 MB',
      ((_q, r) =>
        r
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(100_000_000)))) satisfies RequestListener,
      { code: 'too-large' },
    ],
  ])('that %s says nothing about the domain', async (_name, answer, unknown) => {
    const server = await registry(answer);
    const seen = await runCheck(domain, { target: 'example.org', server });
    expect(seen.unknown).toEqual(unknown);
    expect(seen.failure).toBeUndefined();
  });
});

test.each([
  ['an address', { target: 'https://example.org' }, /^target: expected a domain/],
  ['a path', { target: 'example.org/../x' }, /^target: /],
  [
    'a server that is none',
    { target: 'example.org', server: 'file:///etc/passwd' },
    /^server: expected the address/,
  ],
  [
    'a server with a login',
    { target: 'example.org', server: 'https://a:b@rdap.org/' },
    /^server: .*user name/,
  ],
])('settings: %s is a mistake', (_name, settings, message) => {
  expect(mistakesOf(domain, settings)).toEqual([expect.stringMatching(message)]);
});

describeBadTargets({
  kind: domain,
  settings: (port) => ({ target: 'example.org', server: `http://127.0.0.1:${port}/` }),
  outcome: 'unknown',
  floods: [
    ['with a body', 'HTTP/1.1 200 OK\r\n\r\n', ' '],
    ['with headers', 'HTTP/1.1 200 OK\r\n', 'x-more: and more\r\n'],
  ],
});
