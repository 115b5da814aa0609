import { isIP } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { z } from 'zod';
import { defineKind, hostAndPort, type Observation, sinceMs, splitHostPort } from '../kind.ts';
import { reason, reasonOf } from '../reason.ts';

/** A certificate: valid for the name, signed by someone this machine trusts, and for how many days yet. */
export const tls = defineKind({
  kind: 'tls',
  summary: 'A TLS certificate is valid and does not expire soon',
  settings: {
    target: hostAndPort,
    serverName: z.string().max(253).optional().meta({ description: 'Name to ask for, if not the host' }),
  },
  everyMs: 300_000,
  values: {
    connected: 'flag',
    latency: 'duration',
    'tls.valid': 'flag',
    'cert.days': 'number',
    'cert.subject': 'text',
    'cert.issuer': 'text',
  },
  fail: ['connected', 'tls.valid', 'cert.days > 7'],
  target: ({ target }) => target,
  check({ target, serverName }, { timeoutMs }) {
    const { promise, resolve } = Promise.withResolvers<Observation>();
    const started = performance.now();
    const { host, port } = splitHostPort(target);
    const name = serverName ?? host;
    // Nothing is sent over this connection, so that a bad certificate can be looked at instead of refused.
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(name) ? {} : { servername: name }),
    });
    const end = (observation: Observation) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(observation);
    };
    const failed = (failure: Observation['failure']) => {
      const latencyMs = sinceMs(started);
      end({ latencyMs, values: { connected: false, latency: latencyMs }, ...(failure ? { failure } : {}) });
    };
    const timer = setTimeout(() => failed(reason('timeout')), timeoutMs);
    socket.once('secureConnect', () => {
      const latencyMs = sinceMs(started);
      const values = {
        connected: true,
        latency: latencyMs,
        'tls.valid': socket.authorized,
        ...certificateValues(socket.getPeerCertificate()),
      };
      const failure = socket.authorized
        ? undefined
        : reason('certificate', String(socket.authorizationError));
      end(failure ? { latencyMs, values, failure } : { latencyMs, values });
    });
    socket.once('error', (error) => failed(reasonOf(error)));
    socket.once('close', () => failed(reason('connection-reset')));
    return promise;
  },
});

export function certificateValues(certificate: PeerCertificate): Record<string, string | number> {
  const days = (Date.parse(certificate.valid_to) - Date.now()) / 86_400_000;
  return {
    'cert.days': Math.floor(days),
    'cert.subject': String(certificate.subject?.CN ?? ''),
    'cert.issuer': String(certificate.issuer?.O ?? certificate.issuer?.CN ?? ''),
  };
}
