import { z } from 'zod';
import { duration } from '../../lib/duration.ts';
import { defineKind, sinceMs } from '../kind.ts';
import { reason } from '../reason.ts';

/** The other way round: a job (backup, import, sensor) reports to us, and silence is the failure. */
export const heartbeat = defineKind({
  kind: 'heartbeat',
  summary: 'A job reports by POST /api/v1/heartbeats/<token>; silence is a failure',
  settings: {
    token: z
      .string()
      .min(16, 'expected a token of at least 16 characters, best as ${env:NAME}')
      .max(200)
      .meta({ description: 'The secret part of the address that the job calls' }),
    within: duration.meta({ description: 'How often the job reports' }),
    grace: duration.prefault('1m').meta({ description: 'How much later than that is still fine' }),
  },
  everyMs: 15_000,
  values: { connected: 'flag', age: 'duration', latency: 'duration' },
  fail: ['connected'],
  target: () => 'heartbeat',
  async check({ within, grace }, { portal, monitor }) {
    const started = performance.now();
    const last = await portal.lastBeat(monitor);
    const latencyMs = sinceMs(started);
    if (!last) return { latencyMs, unknown: reason('no-heartbeat-yet'), values: { connected: false } };
    const age = Math.max(0, Date.now() - last.at);
    const fresh = age <= within + grace;
    const values = { connected: fresh && last.ok, age, latency: latencyMs };
    if (!fresh)
      return { latencyMs, values, failure: reason('heartbeat-late', `${Math.round(age / 1_000)} s`) };
    if (!last.ok) return { latencyMs, values, failure: reason('heartbeat-failed', last.message) };
    return { latencyMs, values };
  },
});

/** For finding the monitor that a report is meant for. */
export const tokenOf = (settings: unknown): string => (settings as { token: string }).token;
