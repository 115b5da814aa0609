import type { AuditRow } from './store.ts';

const COLUMNS = ['seq', 'time', 'actor', 'action', 'subject', 'details'] as const;

export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/** One line of RFC 4180. */
export function csvLine(row: AuditRow): string {
  const cells = [
    String(row.seq),
    new Date(row.at).toISOString(),
    row.actor,
    row.action,
    row.subject,
    JSON.stringify(row.details),
  ];
  return `${cells.map(cell).join(',')}\r\n`;
}

/** A spreadsheet takes a cell that begins like this for a formula; the apostrophe makes it text. */
const cell = (text: string): string => {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};
