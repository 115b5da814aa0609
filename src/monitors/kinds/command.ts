import { type ChildProcess, spawn } from 'node:child_process';
import { z } from 'zod';
import { defineKind, type Observation, sinceMs } from '../kind.ts';
import { type Reason, reason } from '../reason.ts';
import { printable, withoutSecrets } from '../wire/printable.ts';
import { jsonAt } from './json-at.ts';

const MOST_OUTPUT_BYTES = 65_536;

const settings = {
  command: z
    .array(
      z
        .string()
        .max(2_000)
        .refine((word) => !word.includes('\0'), 'a word may not contain NUL'),
    )
    .min(1)
    .max(50)
    .refine(([program = '']) => program.startsWith('/'), 'expected the full path of a program first')
    .meta({ description: 'Program and words, given to it as they are; no shell. Allowed in firstline.yaml' }),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/, 'expected a name such as CHECK_PASSWORD'),
      z.string().max(10_000),
    )
    .default({})
    .meta({ description: 'All that the program gets to see besides PATH and LANG; secrets as ${env:NAME}' }),
  unknown: z
    .array(z.int().min(0).max(255))
    .default([])
    .meta({ description: 'Exit codes that say nothing about the target: 3 for plugins of Nagios' }),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

/** A program of this machine says how it is, by exit code and output. */
export const command = defineKind({
  kind: 'command',
  summary: 'A program on this machine says how it is, by its exit code and output',
  settings,
  values: { exit: 'number', latency: 'duration', output: 'text', 'output.*': 'any' },
  fail: ['exit == 0'],
  // Words may hold secrets; the program's name does not.
  target: ({ command: [program = ''] }) => `command:${program}`,
  check(given, { timeoutMs, portal }) {
    const allowed = (portal.commands ?? []).some((start) =>
      start.every((word, i) => given.command[i] === word),
    );
    if (!allowed)
      return Promise.resolve({ latencyMs: 0, values: {}, unknown: reason('command-not-allowed') });
    return run(given, timeoutMs);
  },
});

function run(given: Settings, timeoutMs: number): Promise<Observation> {
  const { promise, resolve } = Promise.withResolvers<Observation>();
  const started = performance.now();
  const child = start(given);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = (seen: Omit<Observation, 'latencyMs'>) => {
    clearTimeout(timer);
    const latencyMs = sinceMs(started);
    resolve({ ...seen, latencyMs, values: { ...seen.values, latency: latencyMs } });
    killAll(child);
  };
  const fail = (failure: Reason) => end({ failure, values: {} });
  const timer = setTimeout(() => fail(reason('timeout')), timeoutMs);
  child.on('error', (error: NodeJS.ErrnoException) => end({ unknown: notStarted(error), values: {} }));
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_OUTPUT_BYTES) fail(reason('too-large'));
    else chunks.push(chunk);
  });
  const finish = (exit: number | null, signal: string | null) => {
    if (exit === null) return fail(reason('failed', signal ?? undefined));
    if (given.unknown.includes(exit))
      return end({ unknown: reason('command-unsure', String(exit)), values: { exit } });
    const output = withoutSecrets(Buffer.concat(chunks).toString('utf8'), Object.values(given.env));
    end({
      values: { exit, output: printable(output, 1_000) },
      lookup: (name) =>
        name.startsWith('output.') ? jsonAt(output, name.slice('output.'.length)) : undefined,
    });
  };
  child.once('close', finish);
  // A grandchild may hold the output open: what was said by now is all.
  child.once('exit', (exit, signal) => setTimeout(finish, 200, exit, signal).unref());
  return promise;
}

const start = ({ command: [program = '', ...words], env }: Settings): ChildProcess =>
  spawn(program, words, {
    // The portal's own environment holds its secrets.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LANG: 'C.UTF-8', ...env },
    cwd: '/',
    shell: false,
    // A process group of its own, so that its children end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

function killAll({ pid, stdout }: ChildProcess): void {
  stdout?.destroy();
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

function notStarted({ code }: NodeJS.ErrnoException): Reason {
  if (code === 'ENOENT') return reason('command-missing');
  return code === 'EACCES' ? reason('not-permitted', code) : reason('failed', code);
}
