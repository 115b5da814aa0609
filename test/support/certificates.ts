import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly keyFile: string;
  readonly certFile: string;
}

export interface Certificates {
  /** For localhost and 127.0.0.1, valid for 30 days, signed by an authority that this process trusts. */
  readonly good: Certificate;
  /** The same, but signed by itself. */
  readonly selfSigned: Certificate;
  /** Trusted, but for another name. */
  readonly otherName: Certificate;
  /** Stops trusting the authority, and trusts it again. */
  distrust(): void;
  trust(): void;
  remove(): void;
}

/** Real certificates made with openssl, and an authority that this process trusts until `remove`. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'firstline-certs-'));
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = (name: string) =>
    run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
  const selfSign = (name: string, subject: string, ...extensions: string[]) => {
    key(name);
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    run(
      'req',
      '-x509',
      '-key',
      `${name}.key`,
      '-subj',
      subject,
      '-days',
      '30',
      ...added,
      '-out',
      `${name}.crt`,
    );
  };
  selfSign('ca', '/O=Example Organisation/CN=Example Test Authority');
  const sign = (name: string, names: string) => {
    key(name);
    run('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
    const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    run(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...signer,
      '-days',
      '30',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    );
  };
  sign('localhost', 'DNS:localhost,IP:127.0.0.1');
  sign('elsewhere', 'DNS:elsewhere.example.org');
  selfSign('own', '/CN=localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  const read = (name: string): Certificate => {
    const keyFile = join(folder, `${name}.key`);
    const certFile = join(folder, `${name}.crt`);
    return { keyFile, certFile, key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
  };
  const trust = () => trustAuthority(readFileSync(join(folder, 'ca.crt'), 'utf8'));
  let distrust = trust();
  return {
    good: read('localhost'),
    selfSigned: read('own'),
    otherName: read('elsewhere'),
    distrust: () => distrust(),
    trust() {
      distrust = trust();
    },
    remove() {
      distrust();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes this process trust an authority; answers how to undo it. */
export function trustAuthority(pem: string): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, pem]);
  return () => setDefaultCACertificates(before);
}
