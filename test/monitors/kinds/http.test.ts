import { createServer as createTlsServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { http } from '../../../src/monitors/kinds/http.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { freePort } from '../../support/free-port.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { silentServer } from '../../support/servers/bad-servers.ts';
import { startTarget, type Target } from '../support/watching.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.close());

const check = (
  answer: Target['answer'],
  settings: object = {},
  options: Parameters<typeof runCheck>[2] = {},
) => {
  target.answer = answer;
  return runCheck(http, { target: target.url, ...settings }, options);
};

describe('a web server', () => {
  test('that answers is up', async () => {
    const seen = await check((_req, res) => res.end('ok'));
    expect(seen).toMatchObject({ broken: [], values: { status: 200, connected: true } });
    expect(seen.failure).toBeUndefined();
  });

  test('is asked with method, headers, body and credentials as they were set', async () => {
    const seen: string[] = [];
    await check(
      (req, res) => {
        let body = '';
        req.on('data', (chunk) => {
          body += chunk;
        });
        req.on('end', () => {
          seen.push(`${req.method} ${req.headers['x-one']} ${req.headers.authorization} ${body}`);
          res.end();
        });
      },
      { method: 'POST', headers: { 'X-One': '1' }, body: '{"a":1}', auth: { user: 'u', password: 'p' } },
    );
    expect(seen).toEqual([`POST 1 Basic ${Buffer.from('u:p').toString('base64')} {"a":1}`]);
  });

  test('is judged by status, headers, text and JSON', async () => {
    const conditions = [
      'status == 201',
      'header.x-version == "2"',
      'body.$.db.state == "ok"',
      'body.$.list[1] > 5',
      'body contains "db"',
      'body.$.nothing == 1',
    ];
    const seen = await check(
      (_req, res) => {
        res.writeHead(201, { 'x-version': '2' });
        res.end('{"db":{"state":"ok"},"list":[1,7]}');
      },
      {},
      { conditions },
    );
    expect(seen.broken).toEqual(['body.$.nothing == 1: nothing']);
  });

  test('with a bad status is told with it', async () => {
    const seen = await check((_req, res) => {
      res.statusCode = 503;
      res.end();
    });
    expect(seen.broken).toEqual(['status < 400: 503']);
  });

  test('is followed where it leads, a few times', async () => {
    const seen = await check(
      (req, res) => {
        if (req.url === '/end') {
          res.end('there');
          return;
        }
        res.writeHead(302, { location: '/end' });
        res.end();
      },
      {},
      { conditions: ['body == "there"'] },
    );
    expect(seen.broken).toEqual([]);
  });

  test('is not followed when that is not wanted', async () => {
    const seen = await check(
      (_req, res) => {
        res.writeHead(302, { location: '/end' });
        res.end();
      },
      { redirects: 0 },
      { conditions: ['status == 302', 'header.location == "/end"'] },
    );
    expect(seen.broken).toEqual([]);
  });

  test('credentials do not travel to another host', async () => {
    let taken: string | undefined = 'not asked';
    const other = await startTarget((req, res) => {
      taken = req.headers.authorization;
      res.end();
    });
    await check(
      (_req, res) => {
        res.writeHead(307, { location: other.url });
        res.end();
      },
      { auth: { bearer: 'top-secret' } },
    );
    await other.close();
    expect(taken).toBeUndefined();
  });
});

describe('a bad web server', () => {
  const timeoutMs = 400;

  test.each<[string, Target['answer'], string]>([
    [
      'redirects in a circle',
      (_req, res) => {
        res.writeHead(302, { location: '/again' });
        res.end();
      },
      'too-many-redirects',
    ],
    [
      'redirects into a file',
      (_req, res) => {
        res.writeHead(302, { location: 'file:///etc/passwd' });
        res.end();
      },
      'bad-redirect',
    ],
    ['never answers', () => {}, 'timeout'],
    ['never ends its headers', (req) => req.socket.write('HTTP/1.1 200 OK\r\nX: 1\r\n'), 'timeout'],
    ['hangs up', (req) => req.socket.destroy(), 'connection-reset'],
    ['speaks something else', (req) => req.socket.end('SSH-2.0-hello\r\n'), 'wrong-protocol'],
    [
      'sends headers without end',
      (req) => req.socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`),
      'too-large',
    ],
    [
      'drips its body',
      (_req, res) => {
        res.writeHead(200);
        const drip = setInterval(() => res.write('.'), 20);
        res.on('close', () => clearInterval(drip));
      },
      'timeout',
    ],
  ])('that %s fails in time', async (_name, answer, code) => {
    const seen = await check(answer, {}, { timeoutMs });
    expect(seen.failure?.code).toBe(code);
    expect(seen.tookMs).toBeLessThan(timeoutMs + 300);
  });

  test('that sends without end is cut off after half a megabyte', async () => {
    let sent = 0;
    const seen = await check(
      (_req, res) => {
        res.writeHead(200);
        const chunk = Buffer.alloc(64 * 1024, 'x');
        const more = () => {
          while (!res.destroyed && res.write(chunk)) sent += chunk.length;
          sent += chunk.length;
        };
        res.on('drain', more);
        more();
      },
      {},
      { timeoutMs: 3_000, conditions: ['status == 200', 'body contains "xxx"'] },
    );
    expect(seen.broken).toEqual([]);
    expect(sent).toBeLessThan(12 * 1024 * 1024);
  });

  test('that is not there', async () => {
    const seen = await runCheck(http, { target: `http://127.0.0.1:${await freePort()}/` });
    expect(seen.failure?.code).toBe('connection-refused');
  });

  test('that does not exist', async () => {
    const seen = await runCheck(http, { target: 'http://no-such-host.invalid/' });
    expect(['name-not-found', 'name-server-failed']).toContain(seen.failure?.code);
  });

  test('that accepts and says nothing', async () => {
    const server = await silentServer();
    const seen = await runCheck(http, { target: `http://127.0.0.1:${server.port}/` }, { timeoutMs });
    await server.stop();
    expect(seen.failure?.code).toBe('timeout');
  });
});

describe('a web server with TLS', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates.remove());

  const secure = async (which: 'good' | 'selfSigned' | 'otherName', settings: object = {}) => {
    const server = createTlsServer(certificates[which], (_req, res) => res.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const options = { conditions: ['tls.valid', 'cert.days > 14'] };
    const seen = await runCheck(http, { target: `https://127.0.0.1:${port}/`, ...settings }, options);
    server.closeAllConnections();
    server.close();
    return seen;
  };

  test('and a good certificate is up, with its days', async () => {
    expect(await secure('good')).toMatchObject({ broken: [], values: { 'cert.days': 29 } });
  });
  test.each(['selfSigned', 'otherName'] as const)('and a certificate that is %s fails', async (which) => {
    expect((await secure(which)).failure?.code).toBe('certificate');
  });
  test('any certificate passes when that is wanted, and conditions still see it', async () => {
    const seen = await secure('selfSigned', { verifyTls: false });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual(['tls.valid: false']);
  });
});

test.each([
  ['target', 'ftp://x/'],
  ['target', 'http://user:secret@x/'],
  ['target', 'not a url'],
  ['headers', { 'X-A': 'a\r\nb: c' }],
  ['redirects', 99],
])('%s: %j is a mistake', (key, value) => {
  expect(mistakesOf(http, { target: 'http://x/', [key]: value })).not.toEqual([]);
});
