import type { APIRoute } from 'astro';
import { localText } from '../../../../lib/lang.ts';

const MOST = 30;

/** Incidents as an Atom feed (RFC 4287), in the language of the address. */
export const GET: APIRoute = ({ locals: { portal, page } }) => {
  const { lang, t } = page;
  page.keep('status');
  const incidents = portal.incidents.recent(lang).slice(0, MOST);
  const self = `${portal.baseUrl}/${lang}/status/feed.xml`;
  const name = localText(portal.org.organisation.name, lang);
  const updated = iso(Math.max(0, ...incidents.map((incident) => incident.updatedAt)));
  const entries = incidents.map((incident) => {
    const text = incident.updates
      .map(
        ({ at, status, text: said }) => `${page.dateTime(at)} · ${t(`incidents.status.${status}`)}\n${said}`,
      )
      .join('\n\n');
    const url = `${portal.baseUrl}${incident.url}`;
    return [
      '<entry>',
      `<id>${escaped(url)}</id>`,
      `<title>${escaped(incident.title)}</title>`,
      `<link href="${escaped(url)}"/>`,
      `<published>${iso(incident.openedAt)}</published>`,
      `<updated>${iso(incident.updatedAt)}</updated>`,
      ...incident.services.map(
        (service) => `<category term="${escaped(service.id)}" label="${escaped(service.name)}"/>`,
      ),
      `<content type="text">${escaped(text)}</content>`,
      '</entry>',
    ].join('');
  });
  const feed = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${lang}">`,
    `<id>${escaped(self)}</id>`,
    `<title>${escaped(`${t('status.title')} – ${name}`)}</title>`,
    `<link rel="self" href="${escaped(self)}"/>`,
    `<link href="${escaped(`${portal.baseUrl}/${lang}/status`)}"/>`,
    `<author><name>${escaped(name)}</name></author>`,
    `<updated>${updated}</updated>`,
    ...entries,
    '</feed>',
  ].join('\n');
  return new Response(`${feed}\n`, { headers: { 'content-type': 'application/atom+xml; charset=utf-8' } });
};

const iso = (at: number): string => new Date(at).toISOString();

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 does not know are left out: one of them would break the whole feed. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones meant
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '');
