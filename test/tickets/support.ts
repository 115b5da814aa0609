import { createSecretKey } from 'node:crypto';
import { readOrganisation } from '../../src/config/config.ts';
import type { Organisation } from '../../src/config/schema.ts';
import type { Tx } from '../../src/db/db.ts';
import type { AuditEntry } from '../../src/lib/audit.ts';
import type { Person, Role } from '../../src/lib/who.ts';
import type { Message, Notify } from '../../src/notify/contract.ts';
import type { NewTicket } from '../../src/tickets/contract.ts';
import { createTickets, type TicketDeps } from '../../src/tickets/tickets.ts';
import type { TestDatabase } from '../support/database.ts';

/** A post box: what was sent with a transaction that was committed or is running. */
function postBox(): { readonly notify: Notify; readonly sent: Message[] } {
  const sent: Message[] = [];
  return {
    sent,
    notify: {
      async send(_tx: Tx, message: Message) {
        if (!sent.some(({ key }) => key === message.key)) sent.push(message);
      },
    },
  };
}

export function sampleOrganisation(): Organisation {
  const result = readOrganisation(process.cwd());
  if (!result.ok) throw new Error('firstline.yaml has mistakes');
  return result.value;
}

function setClock(start: number) {
  let now = start;
  return {
    now: () => now,
    set: (at: number) => {
      now = at;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

export const person = (login: string, ...roles: readonly Role[]): Person => ({
  kind: 'person',
  id: `id-${login}`,
  login,
  name: `${login[0]?.toUpperCase()}${login.slice(1)} Sample`,
  email: `${login}@example.org`,
  lang: 'en',
  roles,
  teams: [],
});

export const ALEX = person('alex', 'staff');
export const NINA = person('nina', 'agent-l1');
export const REZA = person('reza', 'agent-l2');
export const ADMIN = person('admin', 'admin');

export const newTicket = (over: Partial<NewTicket> = {}): NewTicket => ({
  key: 'one',
  summary: 'The printer on the second floor prints grey',
  lang: 'en',
  channel: 'portal',
  requester: { login: 'alex', name: 'Alex Sample', email: 'alex@example.org' },
  impact: 3,
  urgency: 2,
  by: 'alex',
  ...over,
});

export const START = Date.parse('2027-03-01T09:00:00Z');
export const SECRET = createSecretKey('a secret of at least thirty-two letters', 'utf8');

export function testTickets(database: TestDatabase, over: Partial<TicketDeps> = {}) {
  const clock = setClock(START);
  const { notify, sent } = postBox();
  const audited: AuditEntry[] = [];
  const tickets = createTickets({
    db: database.db,
    clock,
    config: { baseUrl: 'http://localhost:4321', secret: SECRET, org: sampleOrganisation() },
    notify,
    audit: async (_tx, entry) => void audited.push(entry),
    ...over,
  });
  return { tickets, clock, sent, audited, db: database.db };
}
