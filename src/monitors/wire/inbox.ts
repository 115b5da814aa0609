import { knownFailure } from './known-failure.ts';

/** Length of the first whole message in `seen`; undefined: more is needed. */
export type Whole = (seen: Buffer) => number | undefined;

/** What has arrived and was not read yet, up to a limit over the whole conversation. */
export interface Inbox {
  push(chunk: Buffer): void;
  /** Nothing more will come: whoever waits, or asks for more than there is, gets the error. */
  close(error: Error): void;
  take(whole: Whole): Promise<Buffer>;
  readonly waiting: () => number;
}

export function createInbox(mostBytes: number): Inbox {
  let room = Buffer.allocUnsafe(4_096);
  let begin = 0;
  let end = 0;
  let total = 0;
  let closed: Error | undefined;
  let waiter: { whole: Whole; resolve(message: Buffer): void; reject(error: unknown): void } | undefined;

  function serve(): void {
    if (!waiter) return;
    const { whole, resolve, reject } = waiter;
    try {
      const length = whole(room.subarray(begin, end));
      if (length === undefined || length > end - begin) {
        if (!closed) return;
        throw closed;
      }
      waiter = undefined;
      begin += length;
      resolve(Buffer.from(room.subarray(begin - length, begin)));
    } catch (error) {
      waiter = undefined;
      reject(error);
    }
  }

  function grow(more: number): void {
    if (end + more <= room.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(room.length * 2, end + more));
    room.copy(bigger, 0, 0, end);
    room = bigger;
  }

  return {
    push(chunk) {
      if (closed) return;
      total += chunk.length;
      if (total > mostBytes) closed = knownFailure('too-large');
      else {
        grow(chunk.length);
        end += chunk.copy(room, end);
      }
      serve();
    },
    close(error) {
      closed ??= error;
      serve();
    },
    take(whole) {
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      waiter = { whole, resolve, reject };
      serve();
      return promise;
    },
    waiting: () => end - begin,
  };
}
