import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { type RunningServer, serverFolder, startProgram } from './program.ts';

/** A throw-away SSH server; the package of OpenSSH would open port 22 of the machine that runs the tests. */
export async function startDropbear(): Promise<RunningServer & { readonly port: number }> {
  const folder = serverFolder('dropbear');
  const port = await freePort();
  const key = join(folder, 'host.key');
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', key], { stdio: 'pipe' });
  const files = ['-r', key, '-P', join(folder, 'pid')];
  const command = ['/usr/sbin/dropbear', '-F', '-E', '-s', '-p', `127.0.0.1:${port}`, ...files] as const;
  return { ...(await startProgram({ command, ports: [port], folder })), port };
}
