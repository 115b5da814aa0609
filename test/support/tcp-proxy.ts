import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Everything that clients have sent. */
  readonly sent: () => Buffer;
  /** Connections that were made so far. */
  readonly connections: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** Looks at each piece before it goes on; false keeps it back. */
  watch(look: (piece: Buffer, from: 'client' | 'server') => boolean | Promise<boolean>): void;
  /** Breaks every connection. */
  cut(): void;
  stop(): Promise<void>;
}

/** A real connection in the middle, for seeing and for losing what goes over it. */
export async function startTcpProxy(target: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  const pieces: Buffer[] = [];
  let connections = 0;
  let look: Parameters<TcpProxy['watch']>[0] = () => true;

  const pass = (from: Socket, to: Socket, side: 'client' | 'server'): void => {
    sockets.add(from);
    let before = Promise.resolve();
    from.on('data', (piece: Buffer) => {
      if (side === 'client') pieces.push(piece);
      before = before.then(async () => {
        if (await look(piece, side)) to.write(piece);
      });
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      void before.then(() => to.end());
    });
  };

  const server = createServer((client) => {
    connections++;
    clients.add(client);
    client.on('close', () => clients.delete(client));
    const upstream = connect(target, '127.0.0.1');
    pass(client, upstream, 'client');
    pass(upstream, client, 'server');
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    sent: () => Buffer.concat(pieces),
    connections: () => connections,
    open: () => clients.size,
    watch(next) {
      look = next;
    },
    cut,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}
