import type { Certificate } from '../certificates.ts';
import { freePort } from '../free-port.ts';
import { type RunningServer, serverFolder, startProgram } from './program.ts';

export interface RedisServer extends RunningServer {
  readonly port: number;
  readonly tlsPort: number;
}

/** A throw-away Redis with a password, plain and with TLS. */
export async function startRedis(password: string, { keyFile, certFile }: Certificate): Promise<RedisServer> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const plain = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const tls = ['--tls-port', String(tlsPort), '--tls-cert-file', certFile, '--tls-key-file', keyFile];
  const trust = ['--tls-ca-cert-file', certFile, '--tls-auth-clients', 'no', '--requirepass', password];
  const server = await startProgram({
    // Debian's redis-tools brings the program under this name, without the service that redis-server adds to a machine.
    command: ['/usr/bin/redis-check-rdb', ...plain, ...tls, ...trust],
    options: { argv0: 'redis-server' },
    ports: [port, tlsPort],
    folder: serverFolder('redis'),
  });
  return { ...server, port, tlsPort };
}
