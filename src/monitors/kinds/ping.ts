import pingProgram from 'ping';
import { z } from 'zod';
import { defineKind, type Observation, sinceMs } from '../kind.ts';
import { reason } from '../reason.ts';

const NAME_UNKNOWN =
  /name or service not known|unknown host|could not (resolve|find)|name resolution|no address/i;
const NOT_ALLOWED = /operation not permitted|permission denied|lacking privilege|cap_net_raw|socket:/i;

/** The operating system's ping. Where the program is missing or not allowed nothing is known about the target. */
export const ping = defineKind({
  kind: 'ping',
  summary: 'A machine answers to ICMP echo requests',
  settings: {
    target: z
      .string()
      .max(253)
      .regex(/^[A-Za-z0-9[:][A-Za-z0-9.:_\]-]*$/, 'expected a host name or an address'),
    count: z.int().min(1).max(10).default(1).meta({ description: 'Requests per check; loss needs several' }),
  },
  everyMs: 30_000,
  values: { connected: 'flag', latency: 'duration', loss: 'number' },
  fail: ['connected'],
  target: ({ target }) => target,
  async check({ target, count }, { timeoutMs }) {
    const started = performance.now();
    const seconds = Math.max(1, Math.floor(timeoutMs / 1_000));
    try {
      const answer = await pingProgram.promise.probe(target, {
        min_reply: count,
        timeout: seconds,
        deadline: seconds,
      });
      return readPing(answer, sinceMs(started));
    } catch {
      return { latencyMs: sinceMs(started), values: {}, unknown: reason('ping-missing') };
    }
  },
});

type Answer = Pick<
  Awaited<ReturnType<typeof pingProgram.promise.probe>>,
  'alive' | 'output' | 'avg' | 'packetLoss'
>;

/** What the program's words mean. */
export function readPing(answer: Answer, took: number): Observation {
  const average = Number.parseFloat(answer.avg);
  const latencyMs = Number.isFinite(average) ? average : took;
  const loss = Number.parseFloat(String(answer.packetLoss));
  const values = {
    connected: answer.alive,
    latency: latencyMs,
    loss: Number.isFinite(loss) ? loss : answer.alive ? 0 : 100,
  };
  if (answer.alive) return { latencyMs, values };
  if (NAME_UNKNOWN.test(answer.output)) return { latencyMs, values, failure: reason('name-not-found') };
  if (NOT_ALLOWED.test(answer.output)) return { latencyMs, values, unknown: reason('ping-not-permitted') };
  if (/unreachable/i.test(answer.output)) return { latencyMs, values, failure: reason('unreachable') };
  // A program that says nothing of packets has not pinged at all.
  if (!/packets transmitted|Packets: Sent/i.test(answer.output))
    return { latencyMs, values, unknown: reason('ping-missing', answer.output.trim().slice(0, 100)) };
  return { latencyMs, values, failure: reason('no-echo') };
}
