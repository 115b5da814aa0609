import type { Lang } from '../lib/lang.ts';

/** A message made ready for a channel. */
export interface OutgoingMail {
  /** Stable for one message however often it is tried, so that receivers can tell a repetition. */
  readonly id: string;
  readonly to: string;
  readonly lang: Lang;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When the message was written, epoch ms. */
  readonly at: number;
}

/**
 * A way to reach people. `deliver` returns when the other side has taken the message over.
 * It throws PermanentError when the other side refused it for good, anything else to be tried again.
 * It may be called again for a message that was already delivered.
 */
export interface Channel {
  readonly name: string;
  deliver(mail: OutgoingMail): Promise<void>;
  close(): void;
}
