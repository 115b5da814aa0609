import { once } from 'node:events';
import { createServer } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Config } from './config/config.ts';
import { FatalError } from './lib/app-error.ts';

export interface Listening {
  readonly port: number;
  /** Takes no new requests, lets running ones end, cuts what is still open after 3 s. */
  close(): Promise<void>;
}

/** Starts the HTTP server. Throws FatalError with a plain sentence when the place is not to be had. */
export async function listen(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  config: Config,
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch,
    serverOptions: { headersTimeout: 10_000, requestTimeout: 30_000 },
  });
  server.listen(config.port, config.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, config);
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : config.port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      // Open event streams would keep the server for ever; after a moment for running answers they are cut.
      const cut = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 3_000);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** Before anything is opened or built: is the place free where we want to listen? */
export async function probePort(config: Config): Promise<void> {
  const probe = createServer();
  probe.listen(config.port, config.host);
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw listenError(error, config);
  }
  probe.close();
  await once(probe, 'close');
}

/** Where a process reaches itself when it listens on all addresses. */
export const loopbackOf = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;

function listenError(error: unknown, config: Config): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    return new FatalError(`Port ${config.port} is already in use. Stop the other program, or set PORT.`);
  if (code === 'EACCES')
    return new FatalError(`Port ${config.port} may not be used by this user. Set PORT to one above 1023.`);
  if (code === 'EADDRNOTAVAIL')
    return new FatalError(`The address ${config.host} is not one of this machine. Set HOST.`);
  return error;
}
