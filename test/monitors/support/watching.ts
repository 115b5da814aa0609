import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Db } from '../../../src/db/db.ts';
import type { AuditEntry } from '../../../src/lib/audit.ts';
import { newId } from '../../../src/lib/id.ts';
import { createMonitors, type Monitors } from '../../../src/monitors/monitors.ts';
import { secretsFrom } from '../../../src/monitors/secrets.ts';
import type { NewTicket } from '../../../src/tickets/contract.ts';

export interface Watching {
  readonly monitors: Monitors;
  readonly root: string;
  readonly audit: AuditEntry[];
  readonly tickets: NewTicket[];
  /** Health or overlay as it is shown. */
  shown(id: string): string | undefined;
  /** Lets this much time pass by the clock that cannot be set, in one jump. */
  jump(ms: number): void;
  put(file: string, text: string): void;
  stop(): Promise<void>;
  /** Ends without a word, as kill -9 does. */
  crash(): void;
}

interface Options {
  readonly db: Db;
  readonly files: Readonly<Record<string, string>>;
  readonly watch?: boolean;
  readonly root?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Monitors on a real database with real files, beating five times as fast as by the clock. */
export async function startWatching({
  db,
  files,
  watch = true,
  root: given,
  variables = {},
}: Options): Promise<Watching> {
  const root = given ?? mkdtempSync(join(tmpdir(), 'firstline-watching-'));
  mkdirSync(join(root, 'monitors'), { recursive: true });
  const put = (file: string, text: string) => writeFileSync(join(root, 'monitors', file), text);
  for (const [file, text] of Object.entries(files)) put(file, text);
  const audit: AuditEntry[] = [];
  const tickets: NewTicket[] = [];
  let jumped = 0;
  const monitors = createMonitors({
    db,
    root,
    clock: { now: () => Date.now() },
    mono: () => performance.now() + jumped,
    log: pino({ level: 'silent' }),
    secrets: secretsFrom(variables),
    lang: 'en',
    holder: newId(),
    portal: {
      dataDir: root,
      address: () => ({ host: '127.0.0.1', port: 9, name: 'localhost' }),
      askDatabase: async () => {},
    },
    audit: async (_tx, entry) => void audit.push(entry),
    tickets: {
      open: async (_tx, ticket) => {
        tickets.push(ticket);
        return { id: ticket.key, number: `FL-${tickets.length}` };
      },
    },
  });
  await monitors.start(watch);
  let busy = false;
  const beats = setInterval(() => {
    if (busy) return;
    busy = true;
    void monitors.beat().finally(() => {
      busy = false;
    });
  }, 200);
  return {
    monitors,
    root,
    audit,
    tickets,
    put,
    shown: (id) => {
      const state = monitors.engine.monitors().get(id)?.state;
      return state && (state.overlay ?? state.health);
    },
    jump(ms) {
      jumped += ms;
    },
    async stop() {
      clearInterval(beats);
      await monitors.stop();
      rmSync(root, { recursive: true, force: true });
    },
    crash() {
      clearInterval(beats);
    },
  };
}

/** Waits until something holds; after ten seconds the test has failed. */
export async function until(what: () => unknown | Promise<unknown>, patienceMs = 15_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    if (await what()) return;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(50);
  }
}

export interface Target {
  readonly port: number;
  readonly url: string;
  answer: RequestListener;
  readonly asked: () => number;
  close(): Promise<void>;
}

/** A web server whose answer the test changes. */
export async function startTarget(answer: RequestListener = (_req, res) => res.end('ok')): Promise<Target> {
  let count = 0;
  const server: Server = createServer((req, res) => {
    count++;
    target.answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const target: Target = {
    port,
    url: `http://127.0.0.1:${port}/`,
    answer,
    asked: () => count,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return target;
}
