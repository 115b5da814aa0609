import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../certificates.ts';
import { freePort } from '../free-port.ts';
import { type RunningServer, serverFolder, startProgram } from './program.ts';

export interface MosquittoServer extends RunningServer {
  readonly port: number;
  readonly tlsPort: number;
}

/** A throw-away MQTT broker with one user, who may not use the topic `forbidden`; plain and with TLS. */
export async function startMosquitto(
  { user, password }: { readonly user: string; readonly password: string },
  { keyFile, certFile }: Certificate,
): Promise<MosquittoServer> {
  const folder = serverFolder('mosquitto');
  const [port, tlsPort] = [await freePort(), await freePort()];
  const at = (name: string) => join(folder, name);
  copyFileSync(keyFile, at('server.key'));
  copyFileSync(certFile, at('server.crt'));
  execFileSync('mosquitto_passwd', ['-b', '-c', at('users'), user, password]);
  writeFileSync(at('acl'), `user ${user}\ntopic readwrite allowed/#\n`);
  for (const name of ['server.key', 'server.crt', 'users', 'acl']) chmodSync(at(name), 0o644);
  chmodSync(folder, 0o755);
  const lines = [
    'allow_anonymous false',
    `password_file ${at('users')}`,
    `acl_file ${at('acl')}`,
    `listener ${port} 127.0.0.1`,
    `listener ${tlsPort} 127.0.0.1`,
    `certfile ${at('server.crt')}`,
    `keyfile ${at('server.key')}`,
  ];
  writeFileSync(at('mosquitto.conf'), `${lines.join('\n')}\n`);
  const command = ['/usr/sbin/mosquitto', '-c', at('mosquitto.conf')] as const;
  const server = await startProgram({ command, ports: [port, tlsPort], folder });
  return { ...server, port, tlsPort };
}
