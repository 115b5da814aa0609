import { defineKind, hostAndPort, splitHostPort } from '../kind.ts';
import { converse, type Heard, type Wire } from '../wire/converse.ts';
import { knownFailure } from '../wire/known-failure.ts';
import { printable } from '../wire/printable.ts';

/** Lines that a server may say before its version (RFC 4253 4.2). */
const MOST_LINES = 50;

/** An SSH server tells its version. Nothing is signed in to: no key is needed and no ban is earned. */
export const ssh = defineKind({
  kind: 'ssh',
  summary: 'An SSH server greets with a version that it still speaks',
  settings: { target: hostAndPort },
  values: { connected: 'flag', latency: 'duration', banner: 'text', protocol: 'text', software: 'text' },
  fail: ['protocol == "2.0"'],
  target: ({ target }) => `ssh://${target}`,
  check({ target }, context) {
    const peer = { ...splitHostPort(target), tls: false, verifyTls: true };
    return converse(peer, context, readVersion);
  },
});

async function readVersion(wire: Wire): Promise<Heard> {
  for (let i = 0; i < MOST_LINES; i++) {
    const line = await wire.line();
    const [, version = '', software = ''] = /^SSH-([\d.]+)-(\S*)/.exec(line) ?? [];
    if (version === '') continue;
    // 1.99 is a server that speaks 2.0 and also something older (RFC 4253 5.1).
    const protocol = version === '1.99' ? '2.0' : version;
    return { values: { banner: printable(line), protocol, software: printable(software) } };
  }
  throw knownFailure('wrong-protocol');
}
