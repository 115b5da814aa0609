import { createSecretKey } from 'node:crypto';
import { pino } from 'pino';
import { type Organisation, organisationSchema } from '../../src/config/schema.ts';
import { createLocalDirectory } from '../../src/directory/backends/local.ts';
import type { Directory, DirectoryPerson } from '../../src/directory/contract.ts';
import { addPerson, type NewPerson } from '../../src/directory/store.ts';
import type { Jobs } from '../../src/jobs/contract.ts';
import type { AuditEntry } from '../../src/lib/audit.ts';
import { newId } from '../../src/lib/id.ts';
import type { OutgoingMail } from '../../src/notify/kind.ts';
import { createNotify } from '../../src/notify/notify.ts';
import type { Recovery } from '../../src/recovery/contract.ts';
import { createRecovery } from '../../src/recovery/recovery.ts';
import { hashToken } from '../../src/recovery/secrets.ts';
import type { RequestRow } from '../../src/recovery/store.ts';
import { createTickets } from '../../src/tickets/tickets.ts';
import { openTestDatabase } from '../support/database.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { manualJobs } from '../support/manual-jobs.ts';

export interface Bench {
  readonly recovery: Recovery;
  readonly clock: ManualClock;
  readonly jobs: Jobs;
  readonly directory: Directory;
  readonly mails: readonly OutgoingMail[];
  readonly audits: readonly AuditEntry[];
  readonly ended: readonly string[];
  readonly db: Awaited<ReturnType<typeof openTestDatabase>>['db'];
  /** How the mail channel behaves: return an error to refuse. */
  channelAnswer: () => Error | undefined;
  /** Logins with a second factor and the code that is right for each; a code is good once. */
  readonly factors: Map<string, string>;
  /** Puts a layer between recovery and the directory. */
  interpose(layer: Partial<Directory>): void;
  /** A second portal process on the same database. */
  another(): Recovery;
  /** Asks, lets the worker run and gives back what arrived. */
  ask(identifier: string, more?: { ip?: string; purpose?: 'reset' | 'unlock' }): Promise<AskedBench>;
  person(login: string): Promise<DirectoryPerson>;
  row(cookie: string): Promise<RequestRow>;
  tickets(): Promise<readonly { cause: string | null; priority: string; text: string }[]>;
  remove(): Promise<void>;
}

export interface AskedBench {
  readonly cookie: string;
  /** Undefined when no mail came. */
  readonly mail?: OutgoingMail;
  readonly code: string;
  readonly token: string;
  readonly reportToken: string;
}

export const PEOPLE: readonly Omit<NewPerson, 'id'>[] = [
  { login: 'alex', name: 'Alex Sampleton', lang: 'en', mails: ['alex@example.org', 'alex.home@example.net'] },
  { login: 'sara', name: 'سارا نمونه‌پور', lang: 'fa', mails: ['sara@example.org'] },
  { login: 'pat', name: 'Pat Sharer', mails: ['shared@example.org'] },
  { login: 'kim', name: 'Kim Sharer', mails: ['shared@example.org'] },
  { login: 'noel', name: 'Noel Mailless', mails: [] },
  { login: 'dora', name: 'Dora Gone', mails: ['dora@example.org'], disabled: true },
  { login: 'lola', name: 'Lola Locked', mails: ['lola@example.org'], lockedByAdmin: true },
  { login: 'root', name: 'Robin Mighty', mails: ['root@example.org'], privileged: true },
];

export const GOOD = 'a lantern above the harbour';

/**
 * Recovery on a real database, with a clock that stands still and mails in memory; with the local directory
 * and its people unless another one is given.
 */
export async function openBench(
  settings: Partial<Organisation['recovery']> = {},
  given?: Directory,
): Promise<Bench> {
  const opened = await openTestDatabase();
  const { db } = opened;
  const clock = manualClock();
  const log = pino({ level: 'silent' });
  const parsed = organisationSchema.parse({ organisation: { name: { en: 'Example Organisation' } } });
  const org = { ...parsed, recovery: { ...parsed.recovery, ...settings } };
  const secret = createSecretKey('a secret of thirty-two characters', 'utf8');
  const config = { org, secret, baseUrl: 'http://localhost:4321' };
  await db.tx(async (tx) => {
    for (const person of PEOPLE) await addPerson(tx, { ...person, id: newId() }, 1);
  });
  const real = given ?? createLocalDirectory({ db, clock });
  let layer: Partial<Directory> = {};
  const directory: Directory = {
    name: real.name,
    find: (...args) => (layer.find ?? real.find)(...args),
    byId: (...args) => (layer.byId ?? real.byId)(...args),
    setPassword: (...args) => (layer.setPassword ?? real.setPassword)(...args),
    verifyPassword: (...args) => (layer.verifyPassword ?? real.verifyPassword)(...args),
    unlock: (...args) => (layer.unlock ?? real.unlock)(...args),
  };
  const factors = new Map<string, string>();
  const usedCodes = new Set<string>();
  const secondFactor = {
    has: async (login: string) => factors.has(login),
    async check(login: string, code: string) {
      if (factors.get(login) !== code || usedCodes.has(code)) return false;
      usedCodes.add(code);
      return true;
    },
  };
  const mails: OutgoingMail[] = [];
  const audits: AuditEntry[] = [];
  const ended: string[] = [];
  const audit = async (_tx: unknown, entry: AuditEntry) => void audits.push(entry);
  const endSessions = async (login: string) => void ended.push(login);

  function build(): { recovery: Recovery; jobs: Jobs } {
    const jobs = manualJobs({ db, clock });
    const channel = {
      name: 'test',
      async deliver(mail: OutgoingMail) {
        const error = bench.channelAnswer();
        if (error) throw error;
        mails.push(mail);
      },
      close: () => {},
    };
    const notify = createNotify({ db, jobs, clock, log, channel, secret });
    const tickets = createTickets({ db, clock, config, notify, audit });
    const deps = {
      db,
      jobs,
      clock,
      log,
      config,
      directory,
      notify,
      tickets,
      audit,
      endSessions,
      secondFactor,
      jitterMs: 0,
    };
    return { recovery: createRecovery(deps), jobs };
  }

  const bench: Bench = {
    ...({} as { recovery: Recovery; jobs: Jobs }),
    clock,
    factors,
    directory: real,
    mails,
    audits,
    ended,
    db,
    channelAnswer: () => undefined,
    interpose(next) {
      layer = next;
    },
    another: () => build().recovery,
    async ask(identifier, { ip = '192.0.2.1', purpose = 'reset' } = {}) {
      const before = mails.length;
      const { cookie } = await bench.recovery.ask({ identifier, lang: 'en', purpose, ip });
      await bench.jobs.drain();
      const mail = mails[before];
      return {
        cookie,
        ...(mail ? { mail } : {}),
        code: /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(mail?.text ?? '')?.[0] ?? 'NONE-NONE',
        token: /\/r#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1] ?? '',
        reportToken: /not-me#([\w-]{22})$/m.exec(mail?.text ?? '')?.[1] ?? '',
      };
    },
    async person(login) {
      const [found] = await real.find(login);
      if (!found) throw new Error(`no ${login}`);
      return found;
    },
    row: (cookie) =>
      db.kysely
        .selectFrom('recovery_request')
        .selectAll()
        .where('cookie_hash', '=', hashToken(cookie))
        .executeTakeFirstOrThrow(),
    async tickets() {
      const rows = await db.kysely.selectFrom('ticket').selectAll().execute();
      const events = await db.kysely.selectFrom('ticket_event').selectAll().execute();
      return rows.map((row) => {
        const text = JSON.stringify(events.filter((event) => event.ticket_id === row.id));
        return { cause: /"cause\\?":\\?"([\w.-]+)/.exec(text)?.[1] ?? null, priority: row.priority, text };
      });
    },
    remove: () => opened.remove(),
  };
  Object.assign(bench, build());
  return bench;
}
