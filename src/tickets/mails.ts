import { translator } from '../i18n/words.ts';
import type { Lang } from '../lib/lang.ts';
import type { Message } from '../notify/contract.ts';
import type { Alarm } from './clocks.ts';
import type { LoadedTicket } from './store.ts';
import { ticketNumber } from './ticket-number.ts';

/** The mails of a ticket, in words. Who gets them and whether is decided by the caller. */
export interface RequesterMail {
  readonly to: string;
  readonly lang: Lang;
  /** Opens the request's page for whoever holds the mail. */
  readonly url: string;
}

/** Free text of the requester is not repeated: it would let strangers send words of theirs to any address. */
export function openedMail(loaded: LoadedTicket, { to, lang, url }: RequesterMail): Message {
  const t = translator(lang);
  const number = ticketNumber(loaded.number);
  return {
    kind: 'tickets.opened',
    to,
    lang,
    subject: t('tickets.mail.opened.subject', { number }),
    paragraphs: [t('tickets.mail.opened.text', { number }), t('tickets.mail.opened.next')],
    action: { label: t('tickets.mail.see'), url },
    footer: t('tickets.mail.footer'),
    key: `ticket:${loaded.number}:opened`,
  };
}

export function repliedMail(
  loaded: LoadedTicket,
  { to, lang, url }: RequesterMail,
  reply: { readonly seq: number; readonly name: string; readonly text: string },
): Message {
  const t = translator(lang);
  const number = ticketNumber(loaded.number);
  return {
    kind: 'tickets.replied',
    to,
    lang,
    subject: t('tickets.mail.replied.subject', { number }),
    paragraphs: [t('tickets.mail.replied.text', { name: reply.name, number }), ...paragraphs(reply.text)],
    action: { label: t('tickets.mail.answer'), url },
    footer: t('tickets.mail.footer'),
    key: `ticket:${loaded.number}:${reply.seq}`,
  };
}

export function solvedMail(
  loaded: LoadedTicket,
  { to, lang, url }: RequesterMail,
  solved: { readonly seq: number; readonly name: string; readonly text: string },
): Message {
  const t = translator(lang);
  const number = ticketNumber(loaded.number);
  return {
    kind: 'tickets.solved',
    to,
    lang,
    subject: t('tickets.mail.solved.subject', { number }),
    paragraphs: [
      t('tickets.mail.solved.text', { name: solved.name, number }),
      ...paragraphs(solved.text),
      t('tickets.mail.solved.next'),
    ],
    action: { label: t('tickets.mail.rate'), url },
    footer: t('tickets.mail.footer'),
    key: `ticket:${loaded.number}:${solved.seq}`,
  };
}

export function alarmMail(
  loaded: LoadedTicket,
  agent: { readonly email: string; readonly lang: Lang },
  alarm: Alarm & { readonly url: string },
): Message {
  const t = translator(agent.lang);
  const number = ticketNumber(loaded.number);
  const clock = t(`tickets.clock.${alarm.clock}`);
  return {
    kind: 'tickets.alarm',
    to: agent.email,
    lang: agent.lang,
    subject: t(`tickets.mail.alarm.${alarm.level}`, { number, clock }),
    paragraphs: [t(`tickets.mail.alarm.${alarm.level}`, { number, clock }), loaded.ticket.opened.summary],
    action: { label: t('tickets.mail.see'), url: alarm.url },
    key: `ticket:${loaded.number}:alarm:${alarm.clock}:${alarm.cycle}:${alarm.level}:${agent.email}`,
  };
}

const paragraphs = (text: string): readonly string[] =>
  text
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter(Boolean);
