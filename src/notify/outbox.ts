import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';

export interface OutboxEntry {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly at: number;
  readonly lang: string;
}

/** A piece of the text; with `url` it is a link. */
export interface TextPart {
  readonly text: string;
  readonly url?: string;
}

export interface OutboxMail extends OutboxEntry {
  readonly from: string;
  readonly text: readonly TextPart[];
}

export interface Outbox {
  /** Newest first. */
  list(limit?: number): Promise<readonly OutboxEntry[]>;
  read(id: string): Promise<OutboxMail | undefined>;
}

/** UUIDs only, so that an id can never be a path. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads what the outbox channel wrote. */
export function createOutbox(folder: string): Outbox {
  async function parse(id: string): Promise<OutboxMail | undefined> {
    if (!ID.test(id)) return undefined;
    const raw = await readFile(join(folder, `${id}.eml`)).catch(() => undefined);
    if (!raw) return undefined;
    const mail = await PostalMime.parse(raw);
    return {
      id,
      to: mail.to?.[0]?.address ?? '',
      from: mail.from?.address ?? '',
      subject: mail.subject ?? '',
      at: Date.parse(mail.date ?? '') || 0,
      lang: mail.headers.find((header) => header.key === 'content-language')?.value ?? 'en',
      text: withLinks(mail.text ?? ''),
    };
  }
  return {
    async list(limit = 100) {
      const names = await readdir(folder).catch(() => []);
      // Ids are time-ordered, so their names sort by age.
      const ids = names.filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -4));
      const mails = await Promise.all(ids.sort().reverse().slice(0, limit).map(parse));
      return mails.filter((mail) => mail !== undefined);
    },
    read: parse,
  };
}

export function withLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+/g)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: match[0], url: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
