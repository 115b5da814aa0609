import { createTransport } from 'nodemailer';
import { PermanentError } from '../../jobs/contract.ts';
import { composeMail } from '../compose-mail.ts';
import type { Channel } from '../kind.ts';

interface Settings {
  /** `smtp://…` or `smtps://…`, with user and password where the server wants them. */
  readonly url: string;
  readonly from: string;
  /** How long a silent server is waited for, per step. */
  readonly patienceMs?: number;
}

interface SmtpFailure {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

/** Mail through the organisation's server. */
export function createSmtpChannel({ url, from, patienceMs = 15_000 }: Settings): Channel {
  const transport = createTransport({
    url,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'smtp',
    async deliver(mail) {
      const raw = await composeMail(mail, from);
      try {
        await transport.sendMail({ envelope: { from: addressOf(from), to: [mail.to] }, raw });
      } catch (error) {
        throw readable(error as SmtpFailure);
      }
    },
    close: () => transport.close(),
  };
}

/** 5xx about this message is final; about us (greeting, sign-in) somebody will mend it, so it is tried again. */
function readable(failure: SmtpFailure): Error {
  const reason = `smtp ${failure.responseCode ?? failure.code ?? 'failed'}`;
  const isAboutMessage = ['MAIL FROM', 'RCPT TO', 'DATA'].includes(failure.command ?? '');
  const isFinal = isAboutMessage && (failure.responseCode ?? 0) >= 500;
  return isFinal ? new PermanentError(reason) : new Error(reason);
}

const addressOf = (from: string): string => /<([^>]+)>/.exec(from)?.[1] ?? from;
