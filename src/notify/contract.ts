import type { Tx } from '../db/db.ts';
import type { Lang } from '../lib/lang.ts';

/**
 * A message to one person, in words already. Channels make of it what they can (mail: text and HTML, right-to-left
 * where the language is). Written with the caller's transaction, delivered by a job, at least once.
 */
export interface Message {
  /** `<feature>.<occasion>`, for admins and for limits: `recovery.code`, `tickets.reply`. */
  readonly kind: string;
  /** One address, already known to belong to the person; never one typed by a stranger. */
  readonly to: string;
  readonly lang: Lang;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Shown large and copyable, left-to-right. A message with a code is deleted from our tables once delivered. */
  readonly code?: string;
  readonly action?: { readonly label: string; readonly url: string };
  /** A second, quieter link, for example "this was not me". */
  readonly secondary?: { readonly label: string; readonly url: string };
  readonly footer?: string;
  /** At most one message of this key is ever sent. */
  readonly key: string;
  /** Epoch ms after which it is of no use any more and is not sent. */
  readonly notAfter?: number;
}

/** What became of a message. `refused`: for good; the channel or its deadline said no. */
export interface MessageOutcome {
  readonly key: string;
  readonly outcome: 'accepted' | 'refused';
  readonly at: number;
  /** The channel's own words for a refusal, such as `smtp 550`. */
  readonly code?: string;
}

export interface Notify {
  send(tx: Tx, message: Message): Promise<void>;
}

export interface NotifyOutcomes {
  /** Tells the feature of `kind`, in the transaction that records it, what became of its messages. */
  onOutcome(kind: string, tell: (tx: Tx, outcome: MessageOutcome) => Promise<void>): void;
}
