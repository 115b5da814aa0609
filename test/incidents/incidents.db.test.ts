import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createIncidents, type IncidentBook } from '../../src/incidents/incidents.ts';
import { createMeToo } from '../../src/incidents/me-too.ts';
import type { AuditEntry } from '../../src/lib/audit.ts';
import type { Lang } from '../../src/lib/lang.ts';
import { ANONYMOUS } from '../../src/lib/who.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const NAMES: Readonly<Record<string, Partial<Record<Lang, string>>>> = {
  mail: { en: 'E-mail', fa: 'رایانامه', ar: 'البريد الإلكتروني', ru: 'Почта' },
  vpn: { en: 'VPN and remote work', fa: 'VPN و دورکاری' },
};

let database: TestDatabase;
let clock: ManualClock;
let audit: AuditEntry[];
let incidents: IncidentBook;
let changes: number;
beforeEach(async () => {
  database = await openTestDatabase();
  clock = manualClock();
  audit = [];
  changes = 0;
  incidents = createIncidents({
    db: database.db,
    clock,
    serviceName: (id, lang) => NAMES[id]?.[lang] ?? NAMES[id]?.en ?? id,
    isService: (id) => id in NAMES,
    audit: async (_tx, entry) => void audit.push(entry),
    onChange: () => {
      changes++;
    },
  });
});
afterEach(() => database.remove());

const down =
  (monitor: string, service = 'mail') =>
  async () => {
    await database.db.tx((tx) =>
      incidents.monitorDown(tx, { monitor, service, impact: 'minor', at: clock.now() }),
    );
    await incidents.refresh();
  };
const up = async (monitor: string) => {
  await database.db.tx((tx) => incidents.monitorUp(tx, monitor, clock.now()));
  await incidents.refresh();
};
const written = { en: 'Mail is slow', ru: 'Почта тормозит' };

describe('an incident of monitors', () => {
  test('is one for all monitors of a service, and closes with the last of them', async () => {
    await down('imap')();
    clock.advance(60_000);
    await down('smtp')();
    expect(incidents.open('en')).toHaveLength(1);
    clock.advance(60_000);
    await up('imap');
    expect(incidents.open('en')).toHaveLength(1);
    clock.advance(60_000);
    await up('smtp');
    expect(incidents.open('en')).toEqual([]);
    const [over] = incidents.recent('ru');
    expect(over).toMatchObject({ title: 'Почта: сбой', status: 'resolved', resolvedAt: clock.now() });
    expect(over?.updates[0]?.text).toContain('3 минуты');
  });

  test('speaks every language', async () => {
    await down('imap')();
    expect(incidents.open('fa')[0]?.title).toBe('رایانامه: اختلال');
    expect(incidents.open('ar')[0]?.updates[0]?.text).toContain('المراقبة');
  });

  test('is another one when the service breaks again', async () => {
    await down('imap')();
    await up('imap');
    await down('imap')();
    expect(incidents.recent('en')).toHaveLength(2);
  });
});

describe('an incident of people', () => {
  test('is declared, told on, and closed; every step is in the audit trail', async () => {
    const id = await incidents.declare(
      { title: written, text: written, services: ['mail'], impact: 'major' },
      'nina',
    );
    expect(incidents.open('fa')[0]).toMatchObject({ id, title: 'Mail is slow', impact: 'major' });
    await incidents.update(id, { status: 'identified', text: { en: 'A full disk' } }, 'nina');
    await incidents.update(id, { status: 'resolved', text: { en: 'Disk replaced' } }, 'nina');
    const view = await incidents.byId(id, 'en');
    expect(view?.updates.map(({ status }) => status)).toEqual(['resolved', 'identified', 'investigating']);
    await expect(incidents.update(id, { status: 'monitoring', text: written }, 'nina')).rejects.toMatchObject(
      {
        code: 'incidents.closed',
        status: 409,
      },
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'incidents.declare',
      'incidents.update',
      'incidents.update',
    ]);
  });

  test('of a service that does not exist is refused', async () => {
    const wrong = incidents.declare(
      { title: written, text: written, services: ['mial'], impact: 'minor' },
      'nina',
    );
    await expect(wrong).rejects.toMatchObject({
      code: 'incidents.unknown-service',
      params: { service: 'mial' },
    });
    expect(await incidents.byId('nothing', 'en')).toBeUndefined();
  });
});

describe('"me too"', () => {
  test('counts each person once, and nobody after the end', async () => {
    await down('imap')();
    const [incident] = incidents.open('en');
    const id = incident?.id ?? '';
    expect(await incidents.join(id, 'person:sara')).toBe(1);
    expect(await incidents.join(id, 'person:sara')).toBe(1);
    expect(await incidents.join(id, 'person:omar')).toBe(2);
    expect(incidents.open('en')[0]?.joined).toBe(2);
    await up('imap');
    const meToo = createMeToo(incidents, (ip) => `anonymous:${ip}`);
    expect(await meToo(id, ANONYMOUS, '192.0.2.7')).toEqual({
      ok: false,
      status: 409,
      code: 'incidents.closed',
    });
    expect(await meToo('nothing', ANONYMOUS, '192.0.2.7')).toMatchObject({ ok: false, status: 404 });
  });

  test('pressed by many at the same time counts them all', async () => {
    await down('imap')();
    const id = incidents.open('en')[0]?.id ?? '';
    await Promise.all(Array.from({ length: 10 }, (_, i) => incidents.join(id, `person:p${i % 5}`)));
    await incidents.refresh();
    expect(incidents.open('en')[0]?.joined).toBe(5);
  });
});

describe('an incident that fits', () => {
  beforeEach(async () => {
    await down('imap')();
    await down('vpn-port', 'vpn')();
  });
  test.each([
    [{ service: 'mail' }, 1],
    [{ service: 'printing' }, 0],
    [{ text: 'my E-Mail does not work' }, 1],
    [{ text: 'remote desktop is slow' }, 1],
    [{ text: 'Почта не открывается' }, 1],
    [{ text: 'رایانامه باز نمی‌شود' }, 1],
    [{ text: 'my chair is broken' }, 0],
    [{ text: '' }, 0],
  ])('%o: %d', (wanted, count) => {
    expect(incidents.matching(wanted, 'en')).toHaveLength(count);
  });
});

describe('planned maintenance', () => {
  const window = { title: written, text: written, kind: 'preventive', services: ['mail'] } as const;

  test('is planned, under way, finished by the clock alone', async () => {
    const startsAt = clock.now() + 60_000;
    await incidents.plan({ ...window, services: ['mail'], startsAt, endsAt: startsAt + 60_000 }, 'admin');
    const state = () => incidents.maintenance('en').map(({ status }) => status);
    expect(state()).toEqual(['scheduled']);
    clock.advance(60_000);
    expect(state()).toEqual(['in-progress']);
    clock.advance(60_000);
    expect(state()).toEqual(['completed']);
  });

  test('can be called off once', async () => {
    const startsAt = clock.now() + 60_000;
    const id = await incidents.plan(
      { ...window, services: ['mail'], startsAt, endsAt: startsAt + 60_000 },
      'admin',
    );
    await incidents.callOff(id, 'admin');
    expect(incidents.maintenance('en')).toEqual([]);
    await expect(incidents.callOff(id, 'admin')).rejects.toMatchObject({ status: 404 });
  });
});

test('another process that reads the same database sees what was written', async () => {
  const other = createIncidents({
    db: database.db,
    clock,
    serviceName: (id) => id,
    isService: () => true,
  });
  await other.refresh();
  const before = other.version();
  await down('imap')();
  expect(await other.refresh()).toBe(true);
  expect(other.open('en')).toHaveLength(1);
  expect(other.version()).toBeGreaterThan(before);
  expect(await other.refresh()).toBe(false);
  expect(changes).toBeGreaterThan(0);
});
