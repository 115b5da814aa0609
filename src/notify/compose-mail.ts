import { createTransport } from 'nodemailer';
import type { OutgoingMail } from './kind.ts';

const composer = createTransport({
  streamTransport: true,
  buffer: true,
  newline: 'windows',
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** The mail as it goes over the wire (RFC 5322). `from` is the organisation's setting. */
export async function composeMail(mail: OutgoingMail, from: string): Promise<Buffer> {
  const info = await composer.sendMail({
    from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: new Date(mail.at),
    messageId: messageIdOf(mail, from),
    headers: {
      'Content-Language': mail.lang,
      // RFC 3834: nobody's out-of-office note shall answer.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  });
  return info.message as Buffer;
}

/** The same for every try, so that a mail server can drop a repetition. */
const messageIdOf = (mail: OutgoingMail, from: string): string => {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost';
  return `<${mail.id}@${domain}>`;
};

const ADDRESS = /^[^\s@<>()[\],;:"\\\p{Cc}]{1,64}@[^\s@<>()[\],;:"\\\p{Cc}]{1,255}$/u;

/** One plain address: nothing that could become a second recipient or another header. */
export const isMailAddress = (address: string): boolean => ADDRESS.test(address);
