import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseDuration } from '../../src/lib/duration.ts';
import { LAG_LIMITS_MS } from '../../src/monitors/check-figures.ts';
import { freePort } from '../support/free-port.ts';

/*
 * What watching costs: the product, started as a person starts it, with N monitors of a local target, against a bare
 * node:http loop that does the same requests. Prints one JSON line; the fields are explained in docs/guides.
 */
const ROOT = join(import.meta.dirname, '../..');
const HERE = import.meta.dirname;
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: { start: string };
};
const startScript = scripts.start;

const { values: args } = parseArgs({
  options: {
    monitors: { type: 'string', default: '1000' },
    every: { type: 'string', default: '20s' },
    seconds: { type: 'string', default: '60' },
  },
});
const monitors = Number(args.monitors);
const everyMs = parseDuration(args.every) ?? 0;
const seconds = Number(args.seconds);
if (!(monitors > 0 && everyMs >= 1_000 && seconds > 0)) {
  console.error('usage: bench:checks -- --monitors N --every 2s --seconds S');
  process.exit(1);
}

type Metric = (name: string) => number;

interface Product {
  readonly child: ChildProcess;
  readonly base: string;
  readonly startedAt: number;
}

const folder = mkdtempSync(join(tmpdir(), 'firstline-bench-'));
const data = join(folder, 'data');
const target = spawn(process.execPath, [join(HERE, 'checks-target.ts')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = (await once(createInterface({ input: target.stdout }), 'line')) as [string];
  console.log(JSON.stringify(await measure(Number(line))));
} finally {
  target.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(targetPort: number) {
  writeFiles(targetPort);
  const perSecond = (monitors * 1_000) / everyMs;
  // Half of the floor before and half after: a machine that grows slower meanwhile is slower for both.
  const floorBefore = await runFloor(targetPort, perSecond, seconds / 2);
  // First life: everything gets its number, its first state and its first row.
  const first = await start();
  await untilAllChecked(first);
  await stop(first);
  const bytesBefore = databaseBytes();
  // Second life: what is measured.
  const second = await start();
  const restartAllCheckedMs = await untilAllChecked(second);
  const from = await look(second);
  await sleep(seconds * 1_000);
  const to = await look(second);
  const rssMb = residentMb(second);
  const loopP99Ms = to.metric('nodejs_eventloop_lag_p99_seconds') * 1_000;
  const startLagP99Ms = lagAt(0.99, from.metric, to.metric);
  const statusPageP95Ms = await statusPage(second);
  const all = (await look(second)).done;
  await stop(second);
  const bytesAfter = databaseBytes();
  const floorAfter = await runFloor(targetPort, perSecond, seconds / 2);

  const due = Math.round(perSecond * seconds);
  const done = to.done - from.done;
  const late = to.metric('firstline_checks_late_total') - from.metric('firstline_checks_late_total');
  const cpuPer1000 = ((to.cpuSeconds - from.cpuSeconds) / done) * 1_000;
  const floorCpuPer1000 = (floorBefore.cpuMs + floorAfter.cpuMs) / (floorBefore.done + floorAfter.done);
  return {
    monitors,
    everyMs,
    due,
    done,
    onTimePct: round(Math.min(100, ((done - late) / due) * 100), 2),
    cpuPer1000: round(cpuPer1000, 4),
    floorCpuPer1000: round(floorCpuPer1000, 4),
    ratio: round(cpuPer1000 / floorCpuPer1000, 2),
    rssMb,
    dbBytesPer1000: Math.round(((bytesAfter - bytesBefore) / all) * 1_000),
    startLagP99Ms,
    loopP99Ms: round(loopP99Ms, 1),
    statusPageP95Ms,
    restartAllCheckedMs,
  };
}

/** The limit that this share of the starts between two looks did not pass. */
function lagAt(share: number, from: Metric, to: Metric): number {
  const name = (le: string) => `firstline_check_start_lag_seconds_bucket{le="${le}"}`;
  const count = (le: string) => to(name(le)) - from(name(le));
  const all = count('+Inf');
  const limits = LAG_LIMITS_MS.map((ms) => ({ ms, count: count(String(ms / 1_000)) }));
  return limits.find((limit) => limit.count >= all * share)?.ms ?? Number.POSITIVE_INFINITY;
}

function writeFiles(targetPort: number): void {
  mkdirSync(join(folder, 'monitors'), { recursive: true });
  mkdirSync(join(folder, 'content'));
  cpSync(join(ROOT, 'firstline.yaml'), join(folder, 'firstline.yaml'));
  const lines = Array.from(
    { length: monitors },
    (_, i) => `  - { id: bench-${i}, kind: http, target: "http://127.0.0.1:${targetPort}/${i}" }`,
  );
  const head = `service: { id: bench, name: { en: Bench } }\ndefaults: { every: ${everyMs}ms }\nmonitors:\n`;
  writeFileSync(join(folder, 'monitors/bench.yaml'), `${head}${lines.join('\n')}\n`);
}

async function start(): Promise<Product> {
  const port = await freePort();
  const startedAt = performance.now();
  // As `npm start` does it, without npm in between.
  const [, ...words] = startScript.split(' ');
  const child = spawn(process.execPath, words, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: data,
      FIRSTLINE_ROOT: folder,
      LOG_LEVEL: 'error',
    },
  });
  const base = `http://localhost:${port}`;
  for (let i = 0; i < 600; i++) {
    const up = await fetch(`${base}/healthz`).then(
      (res) => res.ok,
      () => false,
    );
    if (up) return { child, base, startedAt };
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error('the portal did not start');
}

async function stop({ child }: Product): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Until every monitor has a result of this life; ms since the start of the process. */
async function untilAllChecked({ base, startedAt }: Product): Promise<number> {
  const began = Date.now() - (performance.now() - startedAt);
  for (;;) {
    const answer = (await (await fetch(`${base}/api/v1/monitors`)).json()) as {
      monitors: { last: { at: number } | null }[];
    };
    const checked = answer.monitors.filter(({ last }) => last !== null && last.at >= began).length;
    if (checked === monitors) return Math.round(performance.now() - startedAt);
    if (performance.now() - startedAt > everyMs * 3 + 60_000) throw new Error(`only ${checked} were checked`);
    await sleep(500);
  }
}

async function look({ base, child }: Product) {
  const text = await (await fetch(`${base}/metrics`)).text();
  const metric = (name: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? Number.NaN);
  };
  const done = ['ok', 'warn', 'fail', 'unknown']
    .map((outcome) => metric(`firstline_checks_total{outcome="${outcome}"}`))
    .reduce((sum, count) => sum + count, 0);
  return { metric, done, cpuSeconds: cpuSeconds(child) };
}

/** User and system time of all threads of the process; the kernel counts in hundredths of a second. */
function cpuSeconds({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMb({ child: { pid } }: Product): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1_024);
}

async function statusPage({ base }: Product): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 40; i++) {
    const began = performance.now();
    const answer = await fetch(`${base}/en/status`);
    await answer.text();
    times.push(performance.now() - began);
    await sleep(50);
  }
  return round(times.sort((a, b) => a - b)[37] ?? 0, 1);
}

function databaseBytes(): number {
  const sizes = ['firstline.db', 'firstline.db-wal'].map((name) => {
    try {
      return statSync(join(data, name)).size;
    } catch {
      return 0;
    }
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function runFloor(port: number, perSecond: number, forSeconds: number) {
  const child = spawn(
    process.execPath,
    [join(HERE, 'checks-floor.ts'), String(port), String(perSecond), String(forSeconds)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return JSON.parse(line) as { done: number; cpuMs: number };
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
