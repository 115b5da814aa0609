import { connect } from 'node:net';
import { z } from 'zod';
import { defineKind, hostAndPort, type Observation, sinceMs, splitHostPort } from '../kind.ts';
import { reason, reasonOf } from '../reason.ts';

const MOST_BANNER_BYTES = 1_024;

/** A port accepts connections; with a condition on `banner` also what it says first (SSH, FTP, SMTP …). */
export const tcp = defineKind({
  kind: 'tcp',
  summary: 'A port accepts connections and, if asked, greets as expected',
  settings: {
    target: hostAndPort,
    send: z.string().max(1_000).optional().meta({ description: 'Text to send before the answer is read' }),
  },
  everyMs: 30_000,
  values: { connected: 'flag', latency: 'duration', banner: 'text' },
  fail: ['connected'],
  target: ({ target }) => target,
  check({ target, send }, { timeoutMs, wants }) {
    const { promise, resolve } = Promise.withResolvers<Observation>();
    const started = performance.now();
    const wantsBanner = wants.has('banner');
    let connectedAt = 0;
    let banner = '';
    const socket = connect(splitHostPort(target));
    const end = (failure?: Observation['failure']) => {
      clearTimeout(timer);
      socket.destroy();
      const latencyMs = connectedAt || sinceMs(started);
      const values = { connected: connectedAt > 0, latency: latencyMs, banner };
      resolve(failure ? { latencyMs, values, failure } : { latencyMs, values });
    };
    // One deadline for everything: a peer that drips bytes cannot hold the check longer.
    const timer = setTimeout(() => end(reason(connectedAt > 0 ? 'no-greeting' : 'timeout')), timeoutMs);
    socket.once('connect', () => {
      connectedAt = sinceMs(started);
      if (send !== undefined) socket.write(send);
      if (!wantsBanner) end();
    });
    socket.on('data', (chunk: Buffer) => {
      banner += chunk.toString('latin1', 0, MOST_BANNER_BYTES - banner.length);
      if (banner.includes('\n') || banner.length >= MOST_BANNER_BYTES) end();
    });
    socket.once('end', () => end(banner ? undefined : reason('no-greeting')));
    socket.once('error', (error) => end(reasonOf(error)));
    return promise;
  },
});
