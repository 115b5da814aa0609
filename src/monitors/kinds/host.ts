import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { z } from 'zod';
import { defineKind, sinceMs } from '../kind.ts';
import { reason, reasonOf } from '../reason.ts';

/** This machine: room on the disk that holds `path`, memory, load. */
export const host = defineKind({
  kind: 'host',
  summary: 'Disk, memory and load of the machine that the portal runs on',
  settings: {
    path: z
      .string()
      .max(1_000)
      .optional()
      .meta({ description: "A folder on the disk; default the portal's data" }),
  },
  values: {
    'disk.free': 'number',
    'disk.freeBytes': 'number',
    'memory.free': 'number',
    load: 'number',
    latency: 'duration',
  },
  fail: ['disk.free > 5'],
  target: ({ path }) => `host:${path ?? 'data'}`,
  async check({ path }, { portal }) {
    const started = performance.now();
    try {
      const disk = await statfs(path ?? portal.dataDir);
      const latencyMs = sinceMs(started);
      return {
        latencyMs,
        values: {
          // Per cent of what ordinary users may fill.
          'disk.free': disk.blocks === 0 ? 100 : percent(disk.bavail, disk.blocks),
          'disk.freeBytes': disk.bavail * disk.bsize,
          'memory.free': percent(freemem(), totalmem()),
          // Per processor: 1 is all of them busy.
          load: Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 100) / 100,
          latency: latencyMs,
        },
      };
    } catch (error) {
      const { code } = error as { code?: string };
      const latencyMs = sinceMs(started);
      if (code === 'ENOENT') return { latencyMs, values: {}, failure: reason('no-such-file') };
      return { latencyMs, values: {}, unknown: reasonOf(error) };
    }
  },
});

const percent = (part: number, whole: number): number => Math.round((part / whole) * 1_000) / 10;
