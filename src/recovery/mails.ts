import { translator } from '../i18n/words.ts';
import type { Lang } from '../lib/lang.ts';
import type { Message } from '../notify/contract.ts';
import type { Purpose } from './schema.ts';
import { showCode } from './secrets.ts';

interface Common {
  readonly to: string;
  readonly lang: Lang;
  readonly baseUrl: string;
  readonly organisation: string;
}

interface CodeMail extends Common {
  readonly requestId: string;
  readonly purpose: Purpose;
  readonly name: string;
  readonly login: string;
  readonly code: string;
  readonly token: string;
  readonly reportToken: string;
  readonly minutes: number;
  readonly notAfter: number;
}

/** The mail with code and link. */
export function codeMail(mail: CodeMail): Message {
  const t = translator(mail.lang);
  const { name, login, organisation, minutes } = mail;
  return {
    kind: 'recovery.code',
    key: `recovery-code:${mail.requestId}`,
    to: mail.to,
    lang: mail.lang,
    subject: t(`recovery.mail.${mail.purpose}.subject`, { organisation }),
    paragraphs: [
      t('recovery.mail.greeting', { name }),
      t(`recovery.mail.${mail.purpose}.intro`, { login, organisation }),
      t('recovery.mail.code', { minutes }),
    ],
    code: showCode(mail.code),
    action: { label: t(`recovery.mail.${mail.purpose}.action`), url: proofUrl(mail, mail.token) },
    secondary: { label: t('recovery.mail.not-me'), url: reportUrl(mail, mail.reportToken) },
    footer: t('recovery.mail.footer', { organisation }),
    notAfter: mail.notAfter,
  };
}

interface ChangedMail extends Common {
  readonly key: string;
  readonly purpose: Purpose;
  readonly name: string;
  readonly login: string;
  readonly at: string;
  readonly reportToken: string;
}

/** To every address the directory knows, after the fact. */
export function changedMail(mail: ChangedMail): Message {
  const t = translator(mail.lang);
  const { name, login, at, organisation } = mail;
  return {
    kind: 'recovery.changed',
    key: mail.key,
    to: mail.to,
    lang: mail.lang,
    subject: t(`recovery.mail.${mail.purpose}.done.subject`, { organisation }),
    paragraphs: [
      t('recovery.mail.greeting', { name }),
      t(`recovery.mail.${mail.purpose}.done.text`, { login, at }),
      t('recovery.mail.done.was-you'),
    ],
    secondary: { label: t('recovery.mail.not-me'), url: reportUrl(mail, mail.reportToken) },
    footer: t('recovery.mail.footer', { organisation }),
  };
}

interface UsernameMail extends Common {
  readonly key: string;
  readonly name: string;
  readonly login: string;
}

export function usernameMail(mail: UsernameMail): Message {
  const t = translator(mail.lang);
  const { name, login, organisation } = mail;
  return {
    kind: 'recovery.username',
    key: mail.key,
    to: mail.to,
    lang: mail.lang,
    subject: t('recovery.mail.username.subject', { organisation }),
    paragraphs: [t('recovery.mail.greeting', { name }), t('recovery.mail.username.text')],
    code: login,
    action: { label: t('recovery.mail.username.action'), url: `${mail.baseUrl}/${mail.lang}/sign-in` },
    footer: t('recovery.mail.footer', { organisation }),
  };
}

// Secrets are in the fragment: it never reaches a server, a log or a referrer.
// Short, so that no mail program breaks the line (76 characters with an address of up to 27).
const proofUrl = ({ baseUrl, lang }: Common, token: string): string => `${baseUrl}/${lang}/r#${token}`;
const reportUrl = ({ baseUrl, lang }: Common, token: string): string =>
  `${baseUrl}/${lang}/recovery/not-me#${token}`;
