import { describe, expect, test } from 'vitest';
import type { MonitorKind } from '../../src/monitors/kind.ts';
import { freePort } from './free-port.ts';
import { runCheck } from './run-check.ts';
import {
  type BadServer,
  closingServer,
  echoServer,
  floodingServer,
  sayingServer,
  silentServer,
} from './servers/bad-servers.ts';

const SECRET = 'hunter2-SECRET';
/** What a client may take from a flood: its own limit and what the system buffers on the way. */
const MOST_TAKEN = 12 * 1_024 * 1_024;

type Flood = readonly [name: string, head: string | Uint8Array, body: string | Uint8Array];
const FLOODS: readonly Flood[] = [
  ['with zeros', '', Buffer.alloc(1_024)],
  ['without line breaks', '', 'x'.repeat(1_024)],
];

interface BadTargets {
  readonly kind: MonitorKind;
  /** Settings for a server on this port, with this secret in them where the kind has one. */
  settings(port: number, secret: string): unknown;
  readonly conditions?: readonly string[];
  /** What the beginning of a right answer looks like, for a flood that goes on from there. */
  readonly floods: readonly Flood[];
  readonly echoGreeting?: string;
  /** The outcome's side: a kind that asks somebody else about its target knows nothing when that one is bad. */
  readonly outcome?: 'failure' | 'unknown';
  /** Default 400. */
  readonly timeoutMs?: number;
}

/** What every kind has to bear that speaks with a server. */
export function describeBadTargets({ kind, settings, conditions, floods, ...rest }: BadTargets): void {
  const side = rest.outcome ?? 'failure';
  const timeoutMs = rest.timeoutMs ?? 400;
  const check = async (server: BadServer) => {
    try {
      const options = { timeoutMs, ...(conditions ? { conditions } : {}) };
      const seen = await runCheck(kind, settings(server.port, SECRET), options);
      return { seen, code: seen[side]?.code, text: JSON.stringify(seen) };
    } finally {
      await server.stop();
    }
  };

  describe(`${kind.kind}: a bad target`, () => {
    test('nobody listens', async () => {
      const seen = await runCheck(kind, settings(await freePort(), SECRET));
      expect(seen[side]?.code).toBe('connection-refused');
      expect(seen.values.connected).toBe(false);
    });

    test('accepts and says nothing: ends at the deadline', async () => {
      const { seen, code } = await check(await silentServer());
      expect(code).toMatch(/^(no-answer|timeout)$/);
      expect(seen.tookMs).toBeGreaterThan(timeoutMs - 100);
      expect(seen.tookMs).toBeLessThan(timeoutMs + 400);
    });

    test('hangs up at once', async () => {
      const { code } = await check(await closingServer());
      expect(code).toMatch(/^(closed-early|connection-reset)$/);
    });

    test.each([
      ['another protocol', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
      ['zeros', Buffer.alloc(512)],
      ['noise', Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 197 + 91) % 256))],
    ])('answers with %s', async (_name, words) => {
      const { seen, code } = await check(await sayingServer(words));
      expect(code).toBeDefined();
      expect(seen.tookMs).toBeLessThan(timeoutMs + 400);
    });

    test.each([...floods, ...FLOODS])(
      'floods us %s: bounded in bytes and time',
      async (_name, head, body) => {
        const server = await floodingServer(head, body);
        const { seen } = await check(server);
        expect(seen[side]).toBeDefined();
        expect(seen.tookMs).toBeLessThan(timeoutMs + 400);
        expect(server.sent()).toBeLessThan(MOST_TAKEN);
      },
    );

    test('repeats our words: no secret in reasons or values', async () => {
      const { text } = await check(await echoServer(rest.echoGreeting));
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
    });
  });
}
