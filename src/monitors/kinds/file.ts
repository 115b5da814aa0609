import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { defineKind, sinceMs } from '../kind.ts';
import { reason, reasonOf } from '../reason.ts';

/** A file that something should have written: a backup, a report, an export. */
export const file = defineKind({
  kind: 'file',
  summary: 'A file exists, is fresh and has a sensible size',
  settings: { target: z.string().min(1).max(1_000) },
  values: { exists: 'flag', age: 'duration', size: 'number', latency: 'duration' },
  fail: ['exists'],
  target: ({ target }) => `file:${target}`,
  async check({ target }) {
    const started = performance.now();
    try {
      const found = await stat(target);
      const latencyMs = sinceMs(started);
      const age = Math.max(0, Date.now() - found.mtimeMs);
      return { latencyMs, values: { exists: true, age, size: found.size, latency: latencyMs } };
    } catch (error) {
      const latencyMs = sinceMs(started);
      const values = { exists: false, latency: latencyMs };
      const { code } = error as { code?: string };
      if (code === 'ENOENT' || code === 'ENOTDIR')
        return { latencyMs, values, failure: reason('no-such-file') };
      if (code === 'EACCES' || code === 'EPERM')
        return { latencyMs, values, unknown: reason('not-permitted', code) };
      return { latencyMs, values, failure: reasonOf(error) };
    }
  },
});
