import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Value } from '../condition.ts';
import { type CheckContext, type Observation, sinceMs } from '../kind.ts';
import { certificateValues } from '../kinds/tls.ts';
import type { Reason } from '../reason.ts';
import { createInbox, type Whole } from './inbox.ts';
import { failureOf, knownFailure } from './known-failure.ts';

export interface Peer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly tls: boolean;
  readonly verifyTls: boolean;
  /** More than this in one conversation is refused; default 64 KiB. */
  readonly mostBytes?: number;
}

/** One connection, as a kind sees it. All waiting ends at the check's deadline. */
export interface Wire {
  readonly localAddress: string;
  /** The next line, without its end. */
  line(): Promise<string>;
  take(whole: Whole): Promise<Buffer>;
  send(data: string | Uint8Array): void;
  /** TLS from here on; rejects when the certificate is not good and has to be. */
  startTls(): Promise<void>;
  /** Last words; nobody waits for an answer. */
  bye(data: string | Uint8Array): void;
}

/** What a conversation found out. */
export interface Heard {
  readonly values?: Readonly<Record<string, Value>>;
  readonly failure?: Reason;
  lookup?(name: string): Value;
}

const MOST_BYTES = 65_536;
const MOST_LINE = 8_192;
/** Time for the last words to leave. */
const PARTING_MS = 250;

/** Speaks with a server under one deadline and one limit of bytes, whatever it does. */
export async function converse(
  peer: Peer,
  { timeoutMs }: Pick<CheckContext, 'timeoutMs'>,
  talk: (wire: Wire) => Promise<Heard>,
): Promise<Observation> {
  const started = performance.now();
  const { promise: deadline, reject: late } = Promise.withResolvers<never>();
  const line = openLine(peer);
  const timer = setTimeout(() => late(knownFailure(line.connected() ? 'no-answer' : 'timeout')), timeoutMs);
  const finish = (heard: Heard): Observation => {
    const latencyMs = sinceMs(started);
    const values = { connected: line.connected(), latency: latencyMs, ...line.tlsValues(), ...heard.values };
    return { ...heard, latencyMs, values };
  };
  try {
    return finish(await Promise.race([line.ready.then(talk), deadline]));
  } catch (error) {
    return finish({ failure: failureOf(error) });
  } finally {
    clearTimeout(timer);
    line.close();
  }
}

function openLine(peer: Peer) {
  const inbox = createInbox(peer.mostBytes ?? MOST_BYTES);
  let connected = false;
  let values: Record<string, Value> = {};
  let parting = false;
  const plain = connect({ host: peer.host, port: peer.port });
  let socket: Socket = plain;
  const listen = (to: Socket) => {
    to.on('data', (chunk: Buffer) => inbox.push(chunk));
    to.once('end', () => inbox.close(knownFailure('closed-early')));
    to.once('close', () => inbox.close(knownFailure('closed-early')));
    // Stays for good: a late error on a socket that nobody reads any more must not end the process.
    to.on('error', (error) => inbox.close(error));
  };

  async function startTls(): Promise<void> {
    // Words sent ahead in the clear would be taken for words under TLS.
    if (inbox.waiting() > 0) throw knownFailure('wrong-answer', 'data before TLS');
    plain.removeAllListeners('data');
    const secured = await secure(plain, peer.host);
    socket = secured;
    values = { 'tls.valid': secured.authorized, ...certificateValues(secured.getPeerCertificate()) };
    // Any certificate may be looked at, but nothing is said to a server that cannot show a good one.
    if (!secured.authorized && peer.verifyTls)
      throw knownFailure('certificate', String(secured.authorizationError));
    listen(secured);
  }

  async function open(): Promise<Wire> {
    await connection(plain);
    connected = true;
    if (peer.tls) await startTls();
    else listen(plain);
    return {
      localAddress: plain.localAddress ?? '127.0.0.1',
      line: async () => (await inbox.take(wholeLine())).toString('utf8').replace(/\r?\n$/, ''),
      take: inbox.take,
      send: (data) => void socket.write(data),
      startTls,
      bye(data) {
        parting = true;
        socket.end(data);
      },
    };
  }

  return {
    ready: open(),
    connected: () => connected,
    tlsValues: () => values,
    close() {
      socket.removeAllListeners('data');
      socket.pause();
      const destroy = () => {
        socket.destroy();
        plain.destroy();
      };
      if (parting) setTimeout(destroy, PARTING_MS).unref();
      else destroy();
    },
  };
}

function connection(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve);
  socket.on('error', reject);
  return promise;
}

function secure(socket: Socket, host: string): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const secured = connectTls({
    socket,
    host,
    rejectUnauthorized: false,
    ...(isIP(host) ? {} : { servername: host }),
  });
  secured.once('secureConnect', () => resolve(secured));
  secured.on('error', reject);
  secured.once('close', () => reject(knownFailure('closed-early')));
  return promise;
}

/** Remembers how far it has looked, so that a line that comes byte by byte costs no more than another. */
function wholeLine(): Whole {
  let looked = 0;
  return (seen) => {
    const at = seen.indexOf(0x0a, looked);
    if (at >= MOST_LINE || (at < 0 && seen.length > MOST_LINE)) throw knownFailure('too-large');
    looked = seen.length;
    return at < 0 ? undefined : at + 1;
  };
}
