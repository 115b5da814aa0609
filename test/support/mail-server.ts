import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail extends Email {
  readonly envelopeTo: readonly string[];
  readonly raw: string;
}

export interface MailServer {
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** How it behaves from now on: what it answers to RCPT, and how long it takes. */
  behave(change: { readonly refuse?: number | undefined; readonly delayMs?: number }): void;
  /** How many times somebody tried to send. */
  readonly tries: () => number;
  stop(): Promise<void>;
}

/** A real mail server on a port of its own that keeps what it gets. */
export async function startMailServer(port = 0): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let refuse: number | undefined;
  let delayMs = 0;
  let tries = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo(_address, _session, callback) {
      tries++;
      const answer =
        refuse === undefined ? undefined : Object.assign(new Error('refused'), { responseCode: refuse });
      void sleep(delayMs).then(() => callback(answer));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        void PostalMime.parse(raw).then((mail) => {
          const envelopeTo = session.envelope.rcptTo.map(({ address }) => address);
          received.push({ ...mail, envelopeTo, raw: raw.toString('latin1') });
          callback();
        });
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    behave(change) {
      if ('refuse' in change) refuse = change.refuse;
      if (change.delayMs !== undefined) delayMs = change.delayMs;
    },
    tries: () => tries,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
