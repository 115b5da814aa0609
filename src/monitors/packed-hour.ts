import type { Outcome } from './step.ts';

/** One check as it is kept: when it began, how it went, how long it took (to 3 %). */
export interface Sample {
  /** UTC ms, to a tenth of a second. */
  readonly at: number;
  readonly outcome: Outcome;
  readonly latencyMs: number;
}

/*
 * An hour of checks of one monitor in about one byte each: version, interval, first start, then per check the
 * bucket of its latency when it went well and began when the interval says. Everything else is marked before it.
 */
const VERSION = 1;
const BUCKETS = 240;
const GAP = 240;
const MARK: Readonly<Record<Exclude<Outcome, 'ok'>, number>> = { warn: 241, fail: 242, unknown: 243 };
const OUTCOME_OF = new Map<number, Outcome>([
  [241, 'warn'],
  [242, 'fail'],
  [243, 'unknown'],
]);
const SMALLEST_MS = 0.05;
const GROWTH = Math.log(1.06);

export const HOUR_MS = 3_600_000;

export const bucketOf = (latencyMs: number): number =>
  latencyMs <= SMALLEST_MS
    ? 0
    : Math.min(BUCKETS - 1, Math.round(Math.log(latencyMs / SMALLEST_MS) / GROWTH));

export const latencyOf = (bucket: number): number => SMALLEST_MS * Math.exp(bucket * GROWTH);

export interface HourPack {
  /** UTC hours since 1970. */
  readonly hour: number;
  readonly count: number;
  add(at: number, outcome: Outcome, latencyMs: number): void;
  bytes(): Uint8Array;
}

/** A pack to add to: empty, or going on from what was kept before a restart. */
export function openPack(hour: number, everyMs: number, kept?: Uint8Array): HourPack {
  const start = hour * HOUR_MS;
  let buffer = new Uint8Array(48);
  let used = 0;
  let count = 0;
  let last = 0;
  let every = Math.max(1, Math.round(everyMs / 100));

  function put(byte: number): void {
    if (used === buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    buffer[used++] = byte;
  }
  function putVarint(value: number): void {
    let rest = value;
    while (rest > 127) {
      put((rest & 127) | 128);
      rest >>>= 7;
    }
    put(rest);
  }

  if (kept && kept.length > 0) {
    buffer = Uint8Array.from(kept);
    used = kept.length;
    every = intervalOf(kept);
    for (const sample of unpack(hour, kept)) {
      count++;
      last = Math.round((sample.at - start) / 100);
    }
  }
  return {
    hour,
    get count() {
      return count;
    },
    add(at, outcome, latencyMs) {
      const tick = Math.max(last, Math.min(36_000, Math.round((at - start) / 100)));
      if (count === 0) {
        put(VERSION);
        putVarint(every);
        putVarint(tick);
        last = tick;
      } else {
        const expected = last + every;
        // Within a tenth of the interval (at least 0.3 s) the start is taken for punctual.
        if (Math.abs(tick - expected) <= Math.max(3, every * 0.1)) last = expected;
        else {
          put(GAP);
          putVarint(tick - last);
          last = tick;
        }
      }
      if (outcome !== 'ok') put(MARK[outcome]);
      put(bucketOf(latencyMs));
      count++;
    },
    bytes: () => buffer.slice(0, used),
  };
}

const intervalOf = (pack: Uint8Array): number => readVarint(pack, 1).value;

function readVarint(pack: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  let shift = 0;
  let next = from;
  for (;;) {
    const byte = pack[next++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128 || shift > 21) return { value, next };
    shift += 7;
  }
}

/** The samples of a pack, oldest first; nothing for bytes of an unknown version. */
export function* unpack(hour: number, pack: Uint8Array): Generator<Sample> {
  if (pack[0] !== VERSION) return;
  const start = hour * HOUR_MS;
  const interval = readVarint(pack, 1);
  const first = readVarint(pack, interval.next);
  let at = first.value - interval.value;
  let gap = interval.value;
  let outcome: Outcome = 'ok';
  for (let i = first.next; i < pack.length; ) {
    const byte = pack[i] ?? 0;
    if (byte === GAP) {
      const read = readVarint(pack, i + 1);
      gap = read.value;
      i = read.next;
      continue;
    }
    i++;
    const mark = OUTCOME_OF.get(byte);
    if (mark) {
      outcome = mark;
      continue;
    }
    at += gap;
    yield { at: start + at * 100, outcome, latencyMs: latencyOf(byte) };
    gap = interval.value;
    outcome = 'ok';
  }
}

/** The p-quantile of the latencies by their buckets, in ms; undefined of none. */
export function quantile(latencies: readonly number[], p: number): number | undefined {
  if (latencies.length === 0) return undefined;
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}
