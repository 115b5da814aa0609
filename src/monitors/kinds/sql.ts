import { getCACertificates } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { defineKind, type Observation, sinceMs } from '../kind.ts';
import { reason } from '../reason.ts';
import { address, addressOf, isLoopback } from '../wire/address.ts';
import { login, verifyTls, WIRE_VALUES } from '../wire/settings.ts';
import type { Question, Told } from './sql-worker.ts';

const PORTS = { postgres: 5432, postgresql: 5432, mysql: 3306, mariadb: 3306 };

const settings = {
  target: address(PORTS, 'postgres://db.example.org/app'),
  auth: login,
  tls: z
    .boolean()
    .optional()
    .meta({ description: 'Default: yes, except to this machine. Without it the password may be overheard' }),
  verifyTls,
  query: z
    .string()
    .min(1)
    .max(10_000)
    .default('select 1')
    .meta({ description: 'One statement; runs in a read-only transaction' }),
};

/** A database takes a login and answers a query; conditions look at the first row. */
export const sql = defineKind({
  kind: 'sql',
  summary: 'PostgreSQL, MySQL or MariaDB takes a login and answers a query as expected',
  settings,
  values: { ...WIRE_VALUES, rows: 'number', value: 'any', 'row.*': 'any' },
  fail: ['connected'],
  target: ({ target }) => target,
  check(given, context) {
    const to = addressOf(given.target, PORTS);
    const tls = given.tls ?? !isLoopback(to.host);
    const { auth, query, verifyTls: verify } = given;
    return askInThread({ to, auth, query, tls, verifyTls: verify }, context.timeoutMs);
  },
});

/** The thread's own deadline comes a little earlier: it knows more about what it waits for. */
const EARLIER_MS = 50;
const MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

/**
 * A thread of its own for each check. The database libraries believe what a server says about lengths: a few bytes
 * can make them loop for ever or throw where nobody catches, and only a thread can be ended from outside.
 */
function askInThread(asked: Omit<Question, 'ca' | 'timeoutMs'>, timeoutMs: number): Promise<Observation> {
  const { promise, resolve } = Promise.withResolvers<Observation>();
  const started = performance.now();
  const question: Question = {
    ...asked,
    timeoutMs: Math.max(timeoutMs - EARLIER_MS, timeoutMs / 2),
    ca: asked.tls ? getCACertificates('default') : [],
  };
  const worker = new Worker(new URL('./sql-worker.ts', import.meta.url), {
    workerData: question,
    resourceLimits: MEMORY,
    env: {},
    // A library's warnings quote the server.
    stdout: true,
    stderr: true,
    execArgv: [],
  });
  const end = (seen: Observation) => {
    clearTimeout(timer);
    resolve(seen);
    void worker.terminate();
  };
  const fail = (code: string) => {
    const latencyMs = sinceMs(started);
    end({ latencyMs, failure: reason(code), values: { connected: false, latency: latencyMs } });
  };
  let ready = false;
  const timer = setTimeout(() => {
    if (ready) fail('no-answer');
    // A machine too busy to start a thread says nothing about the database.
    else end({ latencyMs: sinceMs(started), unknown: reason('not-started'), values: {} });
  }, timeoutMs);
  worker.on('message', (told: Told | 'ready') => {
    if (told === 'ready') ready = true;
    else end({ ...told, lookup: (name) => told.row?.get(name) });
  });
  worker.once('error', (error) =>
    fail((error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'too-large' : 'wrong-protocol'),
  );
  return promise;
}
