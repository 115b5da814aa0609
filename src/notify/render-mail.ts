import { directionOf } from '../lib/lang.ts';
import type { Message } from './contract.ts';

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A message as mail: plain text and the same as simple HTML, in the direction of its language. */
export const renderMail = (message: Message): RenderedMail => ({
  subject: oneLine(message.subject),
  text: asText(message),
  html: asHtml(message),
});

/** A header ends at a line break; whatever is in a name or summary must not begin another one. */
const oneLine = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim()
    .slice(0, 200);

function asText(message: Message): string {
  const { paragraphs, code, action, secondary, footer } = message;
  const blocks = [
    ...paragraphs,
    ...(code ? [code] : []),
    ...(action ? [`${action.label}\n${action.url}`] : []),
    ...(secondary ? [`${secondary.label}\n${secondary.url}`] : []),
    ...(footer ? [`-- \n${footer}`] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const STYLE = {
  body: 'margin:0;padding:24px 16px;background:#ffffff;color:#1b1f24;font:16px/1.6 system-ui,-apple-system,"Segoe UI",Vazirmatn,Tahoma,sans-serif',
  box: 'max-width:560px;margin:0 auto',
  code: 'margin:24px 0;padding:16px;border:1px solid #c8ccd2;border-radius:8px;text-align:center;font:600 26px/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:3px',
  action:
    'display:inline-block;padding:12px 20px;border-radius:8px;background:#0b57d0;color:#ffffff;text-decoration:none;font-weight:600',
  quiet: 'color:#50565e;font-size:14px',
} as const;

function asHtml(message: Message): string {
  const { paragraphs, code, action, secondary, footer, lang } = message;
  const dir = directionOf(lang);
  const blocks = [
    ...paragraphs.map((text) => `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`),
    ...(code ? [`<p dir="ltr" style="${attribute(STYLE.code)}">${escaped(code)}</p>`] : []),
    ...(action ? [`<p>${link(action, STYLE.action)}</p>`, quiet(action.url)] : []),
    ...(secondary ? [`<p>${link(secondary, STYLE.quiet)}</p>`] : []),
    ...(footer ? [`<hr><p style="${STYLE.quiet}">${escaped(footer)}</p>`] : []),
  ];
  return [
    '<!doctype html>',
    `<html lang="${lang}" dir="${dir}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(oneLine(message.subject))}</title></head>`,
    `<body dir="${dir}" style="${attribute(STYLE.body)}"><div style="${STYLE.box}">`,
    ...blocks,
    '</div></body></html>',
    '',
  ].join('\n');
}

const link = ({ label, url }: { readonly label: string; readonly url: string }, style: string): string =>
  `<a href="${escaped(safeUrl(url))}" style="${attribute(style)}">${escaped(label)}</a>`;

/** The address itself, for people whose mail program shows no links. */
const quiet = (url: string): string =>
  `<p dir="ltr" style="${STYLE.quiet};word-break:break-all">${escaped(url)}</p>`;

const safeUrl = (url: string): string => (/^https?:\/\//.test(url) ? url : '#');

const attribute = (style: string): string => style.replaceAll('"', '&quot;');

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
