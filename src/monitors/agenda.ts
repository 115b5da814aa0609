import type { Due } from './plan.ts';

/** Starts what is due at its time. One timer for all of it. */
export interface Agenda {
  add(due: readonly Due[]): void;
  clear(): void;
  readonly length: number;
}

// Timers closer together than this are one: nobody needs a check to the millisecond.
const GRAIN_MS = 10;

export function createAgenda(mono: () => number, start: (due: Due) => void): Agenda {
  let queue: Due[] = [];
  let next = 0;
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    timer = undefined;
    const until = mono() + GRAIN_MS / 2;
    for (let due = queue[next]; due && due.at <= until; due = queue[next]) {
      next++;
      start(due);
    }
    if (next >= queue.length) {
      queue = [];
      next = 0;
    }
    wait();
  }

  function wait(): void {
    const due = queue[next];
    if (due && timer === undefined) timer = setTimeout(pump, Math.max(GRAIN_MS, due.at - mono()));
  }

  return {
    add(due) {
      if (due.length === 0) return;
      // Windows follow one another, so sorting is nearly always only appending.
      queue = queue.slice(next).concat(due);
      next = 0;
      if ((queue[0]?.at ?? 0) > (due[0]?.at ?? 0)) queue.sort((a, b) => a.at - b.at);
      clearTimeout(timer);
      timer = undefined;
      wait();
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      queue = [];
      next = 0;
    },
    get length() {
      return queue.length - next;
    },
  };
}
