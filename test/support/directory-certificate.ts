import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** `ca.pem`, and `cert.pem` with `key.pem` for 127.0.0.1 and localhost, in `folder`. */
export function makeDirectoryCertificate(folder: string): void {
  const at = (name: string): string => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const run = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  run('req', '-x509', ...key, '-subj', '/CN=Test CA', '-keyout', at('ca-key.pem'), '-out', at('ca.pem'));
  run(
    ...['req', '-x509', ...key, '-subj', '/CN=directory', '-CA', at('ca.pem'), '-CAkey', at('ca-key.pem')],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-addext', 'basicConstraints=CA:FALSE'],
    ...['-keyout', at('key.pem'), '-out', at('cert.pem')],
  );
}
