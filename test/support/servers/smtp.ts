import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certificate } from '../certificates.ts';
import type { RunningServer } from './program.ts';

export interface SmtpServer extends RunningServer {
  readonly port: number;
}

/** A mail server that knows one login; with TLS from the start (`secure`) or by STARTTLS. */
export async function startSmtp(
  { user, password }: { readonly user: string; readonly password: string },
  { key, cert }: Certificate,
  options: SMTPServerOptions = {},
): Promise<SmtpServer> {
  const server = new SMTPServer({
    logger: false,
    key,
    cert,
    authOptional: true,
    onAuth(auth, _session, callback) {
      const right = auth.username === user && auth.password === password;
      callback(right ? null : new Error(`no such login: ${auth.username} ${auth.password}`), { user });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
