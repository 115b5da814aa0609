import { createHash } from 'node:crypto';
import type { Tx } from '../db/db.ts';
import type { NewTicket } from '../tickets/contract.ts';
import type { RecoveryDeps } from './contract.ts';
import { addEvent, type RequestRow, timeline } from './store.ts';

export type Cause =
  | 'directory-failed'
  | 'outcome-unknown'
  | 'still-stuck'
  | 'not-me'
  | 'ambiguous'
  | 'no-contact'
  | 'privileged'
  | 'not-eligible';

const URGENCY: Readonly<Record<Cause, Pick<NewTicket, 'impact' | 'urgency' | 'tier'>>> = {
  'not-me': { impact: 1, urgency: 1, tier: 'L2' },
  'directory-failed': { impact: 2, urgency: 2, tier: 'L2' },
  'outcome-unknown': { impact: 2, urgency: 2, tier: 'L2' },
  'still-stuck': { impact: 3, urgency: 2, tier: 'L1' },
  'not-eligible': { impact: 3, urgency: 2, tier: 'L1' },
  ambiguous: { impact: 3, urgency: 3, tier: 'L1' },
  'no-contact': { impact: 3, urgency: 3, tier: 'L1' },
  privileged: { impact: 3, urgency: 3, tier: 'L2' },
};

/** What the agent should do first; words for agents, in the ticket's evidence as a stable code. */
const NEXT_ACTION: Readonly<Record<Cause, string>> = {
  'not-me': 'secure-account',
  'directory-failed': 'check-directory',
  'outcome-unknown': 'check-directory',
  'still-stuck': 'call-person',
  'not-eligible': 'check-account',
  ambiguous: 'separate-addresses',
  'no-contact': 'add-contact',
  privileged: 'verify-with-two-people',
};

const DAY = 86_400_000;

interface Escalation {
  readonly cause: Cause;
  /** Whom it is about where the request itself does not say: hashed into the key, never shown. */
  readonly subject?: string;
  readonly now: number;
}

/** A ticket with all that is known and nothing that is secret; one per account and cause in a day. */
export async function openTicket(
  deps: Pick<RecoveryDeps, 'tickets' | 'directory'>,
  tx: Tx,
  row: RequestRow,
  { cause, subject, now }: Escalation,
): Promise<string> {
  const about = createHash('sha256')
    .update(row.account_id ?? subject ?? row.id)
    .digest('base64url')
    .slice(0, 22);
  const events = await timeline(tx, row.id);
  const { number } = await deps.tickets.open(tx, {
    key: `recovery:${cause}:${about}:${Math.floor(now / DAY)}`,
    summary: row.login === null ? `Account recovery: ${cause}` : `Account recovery: ${cause} (${row.login})`,
    lang: row.lang,
    channel: 'recovery',
    ...(row.login === null
      ? {}
      : { requester: { login: row.login, ...(row.name ? { name: row.name } : {}) } }),
    ...URGENCY[cause],
    cause: `recovery.${cause}`,
    evidence: {
      request: row.id,
      purpose: row.purpose,
      directory: deps.directory.name,
      account: row.account_id,
      contact: row.contact,
      lang: row.lang,
      reason: row.reason,
      nextAction: NEXT_ACTION[cause],
      timeline: events.map(({ at, event, code }) => ({ at: new Date(at).toISOString(), event, code })),
    },
    by: 'system:recovery',
    since: row.created_at,
  });
  await tx.updateTable('recovery_request').set({ ticket: number }).where('id', '=', row.id).execute();
  await addEvent(tx, row.id, { at: now, event: 'ticket', code: number });
  return number;
}
