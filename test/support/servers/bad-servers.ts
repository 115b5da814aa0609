import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface BadServer {
  readonly port: number;
  /** Bytes that the clients' side has taken from it. */
  readonly sent: () => number;
  /** What clients said to it. */
  readonly heard: () => string;
  stop(): Promise<void>;
}

async function serve(onConnection: (socket: Socket) => void): Promise<BadServer> {
  const sockets = new Set<Socket>();
  const heard: Buffer[] = [];
  let sent = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => heard.push(chunk));
    socket.on('close', () => {
      sent += socket.bytesWritten - socket.writableLength;
      sockets.delete(socket);
    });
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, sent),
    heard: () => Buffer.concat(heard).toString('latin1'),
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Takes the connection and never says a word. */
export const silentServer = (): Promise<BadServer> => serve(() => {});

/** Takes the connection and hangs up. */
export const closingServer = (): Promise<BadServer> => serve((socket) => socket.destroy());

/** Says this to everybody, then nothing more. */
export const sayingServer = (words: string | Uint8Array): Promise<BadServer> =>
  serve((socket) => void socket.write(words));

/** Says what it is told, in turn: one answer for each piece that arrives, the first one as a greeting. */
export const scriptedServer = (
  greeting: string | Uint8Array,
  answer: (heard: Buffer) => string | Uint8Array,
) =>
  serve((socket) => {
    socket.write(greeting);
    socket.on('data', (chunk) => void socket.write(answer(chunk)));
  });

/** Sends `head` once and then `body` for ever, as fast as anybody takes it. */
export const floodingServer = (head: string | Uint8Array, body: string | Uint8Array): Promise<BadServer> =>
  serve((socket) => {
    const piece = Buffer.concat(
      Array.from({ length: Math.ceil(65_536 / body.length) }, () => Buffer.from(body)),
    );
    const pour = () => {
      while (!socket.destroyed && socket.write(piece));
      if (!socket.destroyed) socket.once('drain', pour);
    };
    socket.write(head);
    pour();
  });

/** Repeats everything it hears, as a server would that puts our words into its errors. */
export const echoServer = (greeting = ''): Promise<BadServer> =>
  serve((socket) => {
    if (greeting) socket.write(greeting);
    socket.on('data', (chunk) => void socket.write(chunk));
  });
