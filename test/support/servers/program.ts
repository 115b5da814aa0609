import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningServer {
  stop(): Promise<void>;
}

interface Program {
  readonly command: readonly [program: string, ...args: string[]];
  /** Ports that have to take connections before it counts as started. */
  readonly ports: readonly number[];
  /** Removed at the end. */
  readonly folder: string;
  readonly options?: Pick<SpawnOptions, 'argv0' | 'env' | 'uid' | 'gid'>;
}

export const serverFolder = (name: string): string => mkdtempSync(join(tmpdir(), `firstline-${name}-`));

/** Starts a server of the system as a child in the foreground, and waits until it listens. */
export async function startProgram({ command, ports, folder, options }: Program): Promise<RunningServer> {
  const [program, ...args] = command;
  const child = spawn(program, args, { ...options, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const keep = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      said += error.message;
      resolve();
    });
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(3_000)]);
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 400; attempt++) {
    if (child.exitCode !== null || child.pid === undefined) break;
    const open = await Promise.all(ports.map(takesConnections));
    if (open.every(Boolean)) return { stop };
    await sleep(25);
  }
  await stop();
  throw new Error(`${program} did not start: ${said}`);
}

function takesConnections(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
