import { Socket } from 'node:net';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import type { Value } from '../condition.ts';
import { type CheckContext, type Observation, sinceMs } from '../kind.ts';
import { certificateValues } from '../kinds/tls.ts';
import type { Heard, Peer } from './converse.ts';
import { failureOf, isKnown, knownFailure } from './known-failure.ts';

/** A library that speaks a protocol over a socket of ours. */
export interface Driver {
  talk(): Promise<Heard>;
  /** What it reads from now: our socket, or the TLS it has laid over it. */
  stream(): unknown;
}

const MOST_BYTES = 1_048_576;

/**
 * Speaks with a server through a library, with the promises of `converse`: one deadline, a limit of bytes, nothing
 * said to a server without a good certificate. Libraries trust their server: their parsers throw where nobody
 * catches, take messages of any length, and check names in their own ways. So everything that reaches one passes here.
 */
export async function throughDriver(
  peer: Peer,
  { timeoutMs }: Pick<CheckContext, 'timeoutMs'>,
  start: (socket: Socket) => Driver | Promise<Driver>,
): Promise<Observation> {
  const started = performance.now();
  const { promise: failing, reject: fail } = Promise.withResolvers<never>();
  const socket = new Socket();
  let connected = false;
  socket.once('connect', () => {
    connected = true;
  });
  socket.once('close', () => fail(knownFailure('closed-early')));
  const timer = setTimeout(() => fail(knownFailure(connected ? 'no-answer' : 'timeout')), timeoutMs);
  const watch = createWatch(peer, (error) => {
    fail(error);
    socket.destroy();
  });
  const finish = (heard: Heard): Observation => {
    const latencyMs = sinceMs(started);
    const values = { connected, latency: latencyMs, ...watch.values(), ...heard.values };
    return { ...heard, latencyMs, values };
  };
  try {
    const work = async () => {
      const driver = await start(socket);
      watch.over(socket, driver);
      return driver.talk();
    };
    return finish(await Promise.race([work(), failing]));
  } catch (error) {
    return finish({ failure: failureOf(error) });
  } finally {
    clearTimeout(timer);
    socket.on('error', () => {});
    socket.destroy();
  }
}

function createWatch(peer: Peer, fail: (error: Error) => void) {
  const watched = new WeakSet<Socket>();
  let bytes = 0;
  let values: Record<string, Value> = {};

  function look(secured: TLSSocket): void {
    const certificate = secured.getPeerCertificate();
    const problem = secured.authorized
      ? checkServerIdentity(peer.host, certificate)
      : { code: String(secured.authorizationError) };
    values = { 'tls.valid': problem === undefined, ...certificateValues(certificate) };
    const code = problem && 'code' in problem ? String(problem.code) : undefined;
    if (problem && peer.verifyTls) throw knownFailure('certificate', code);
  }

  function before(stream: Socket, event: string | symbol, first: unknown): void {
    if (event === 'data' && first instanceof Uint8Array) bytes += first.length;
    if (bytes > (peer.mostBytes ?? MOST_BYTES)) throw knownFailure('too-large');
    if (event === 'secureConnect' && stream instanceof TLSSocket) look(stream);
  }

  function over(stream: Socket, driver: Driver): void {
    watched.add(stream);
    const emit = stream.emit.bind(stream) as (event: string | symbol, ...rest: unknown[]) => boolean;
    stream.emit = (event: string | symbol, ...rest: unknown[]): boolean => {
      try {
        before(stream, event, rest[0]);
        const heard = emit(event, ...rest);
        const now = driver.stream();
        if (now instanceof Socket && !watched.has(now)) over(now, driver);
        return heard;
      } catch (error) {
        fail(isKnown(error) ? error : knownFailure('wrong-protocol'));
        return false;
      }
    };
  }

  return { over, values: () => values };
}
