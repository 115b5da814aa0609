import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../certificates.ts';
import { freePort } from '../free-port.ts';
import { type RunningServer, serverFolder, startProgram } from './program.ts';

export interface DovecotServer extends RunningServer {
  /** Plain, with STARTTLS. */
  readonly port: number;
  readonly tlsPort: number;
}

/** A throw-away mailbox server with one user. */
export async function startDovecot(
  { user, password }: { readonly user: string; readonly password: string },
  { keyFile, certFile }: Certificate,
): Promise<DovecotServer> {
  const folder = serverFolder('dovecot');
  chmodSync(folder, 0o755);
  const [port, tlsPort] = [await freePort(), await freePort()];
  copyFileSync(keyFile, join(folder, 'server.key'));
  copyFileSync(certFile, join(folder, 'server.crt'));
  writeFileSync(join(folder, 'users'), `${user}:{PLAIN}${password}::::::\n`);
  chmodSync(join(folder, 'users'), 0o644);
  writeFileSync(join(folder, 'dovecot.conf'), configuration({ folder, port, tlsPort }));
  const command = ['/usr/sbin/dovecot', '-F', '-c', join(folder, 'dovecot.conf')] as const;
  return { ...(await startProgram({ command, ports: [port, tlsPort], folder })), port, tlsPort };
}

interface Places {
  readonly folder: string;
  readonly port: number;
  readonly tlsPort: number;
}

function configuration({ folder, port, tlsPort }: Places): string {
  const { username: me } = userInfo();
  // As root it gives up its rights to the users of Debian's package; as anybody else it keeps its own.
  const root = me === 'root';
  const listener = (name: string, number: number) =>
    `inet_listener ${name} {\n address = 127.0.0.1\n port = ${number}\n}`;
  return `
protocols = imap
base_dir = ${folder}/run
log_path = /dev/stderr
ssl = yes
ssl_cert = <${folder}/server.crt
ssl_key = <${folder}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = ${root ? 'dovecot' : me}
default_login_user = ${root ? 'dovenull' : me}
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%u
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = static
  args = uid=${root ? 'mail' : me} gid=${root ? 'mail' : me} home=${folder}/mail/%u
}
service imap-login {
  chroot =
  ${listener('imap', port)}
  ${listener('imaps', tlsPort)}
}
service anvil {
  chroot =
}
`.replace('inet_listener imaps {', 'inet_listener imaps {\n ssl = yes');
}
