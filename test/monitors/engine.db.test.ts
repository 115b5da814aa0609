import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { startTarget, startWatching, type Target, until, type Watching } from './support/watching.ts';

let database: TestDatabase;
let target: Target;
const running: Watching[] = [];
beforeEach(async () => {
  database = await openTestDatabase();
  target = await startTarget();
});
afterEach(async () => {
  for (const watching of running.splice(0)) await watching.stop();
  await target.close();
  await database.remove();
});

const watch = async (
  files: Record<string, string>,
  more: Partial<Parameters<typeof startWatching>[0]> = {},
) => {
  const watching = await startWatching({ db: database.db, files, ...more });
  running.push(watching);
  return watching;
};

const quick = 'defaults: { every: 1s, timeout: 500ms, confirm: { fail: 2, recheck: 1s, recover: 2 } }';
const service = (id: string, monitors: string, more = '') =>
  `service: { id: ${id}, name: { en: ${id.toUpperCase()}, fa: سرویس }${more} }\n${quick}\nmonitors:\n${monitors}\n`;
const web = (id: string, more = '') => `  - { id: ${id}, kind: http, target: "${target.url}"${more} }`;
const broken: Target['answer'] = (_req, res) => {
  res.statusCode = 500;
  res.end();
};

const transitions = () =>
  database.db.kysely.selectFrom('monitor_transition').selectAll().orderBy('monitor').orderBy('seq').execute();

describe('watching', () => {
  test('a service that breaks and comes back: one incident, one alert, one recovery', async () => {
    const it = await watch({ 'mail.yaml': service('mail', web('mail-web')) });
    await until(() => it.shown('mail-web') === 'UP');
    expect(it.monitors.status.overall()).toBe('operational');

    target.answer = broken;
    await until(() => it.shown('mail-web') === 'DOWN');
    await until(() => it.monitors.incidents.open('en').length === 1);
    expect(it.monitors.status.services('en')[0]).toMatchObject({ id: 'mail', name: 'MAIL', state: 'down' });
    const [incident] = it.monitors.incidents.open('fa');
    expect(incident).toMatchObject({ title: 'سرویس: اختلال', impact: 'major', status: 'investigating' });
    expect(it.monitors.engine.monitors().get('mail-web')?.state.reason).toEqual({
      code: 'condition',
      detail: 'status < 400 (500)',
    });

    target.answer = (_req, res) => res.end('ok');
    await until(() => it.shown('mail-web') === 'UP');
    await until(() => it.monitors.incidents.open('en').length === 0);
    expect(it.monitors.incidents.recent('en')[0]).toMatchObject({
      status: 'resolved',
      updates: { length: 2 },
    });
    expect(it.audit.map(({ action }) => action)).toEqual(['monitors.down', 'monitors.recovered']);
    expect((await transitions()).map(({ health }) => health)).toEqual([
      'UP',
      'SUSPECT',
      'DOWN',
      'RECOVERING',
      'UP',
    ]);
  });

  test('a network and all that hangs on it: one incident, one alert', async () => {
    const gatewayPort = await freePort();
    const children = Array.from(
      { length: 30 },
      (_, i) => `  - { id: child-${i}, kind: tcp, target: "127.0.0.1:${gatewayPort}" }`,
    );
    const other = await startTarget();
    target.answer = (_req, res) => res.end('ok');
    const up = await startTarget();
    const it = await watch({
      'net.yaml': service('net', `  - { id: gateway, kind: http, target: "${up.url}" }`),
      'apps.yaml': service(
        'apps',
        children.map((line) => line.replace(String(gatewayPort), String(other.port))).join('\n'),
        ', dependsOn: [net]',
      ),
    });
    await until(
      () =>
        it.monitors.status.overall() === 'operational' &&
        it.monitors.list('en').every((one) => one.health === 'UP'),
    );
    await Promise.all([up.close(), other.close()]);
    await until(() => it.shown('gateway') === 'DOWN');
    await until(() =>
      Array.from({ length: 30 }, (_, i) => it.shown(`child-${i}`)).every((shown) => shown === 'SUPPRESSED'),
    );
    await it.monitors.beat();
    expect(it.monitors.incidents.open('en')).toHaveLength(1);
    expect(it.audit.map(({ action, subject }) => `${action} ${subject}`)).toEqual(['monitors.down gateway']);
    expect(it.monitors.status.service('apps', 'en')).toMatchObject({
      state: 'unknown',
      because: { id: 'net', name: 'NET' },
    });
  });

  test('goes on after a restart where it was: nothing told twice, nothing lost', async () => {
    const files = { 'mail.yaml': service('mail', web('mail-web')) };
    const first = await watch(files);
    await until(() => first.shown('mail-web') === 'UP');
    target.answer = broken;
    await until(() => first.monitors.incidents.open('en').length === 1);
    await first.stop();
    running.splice(0);

    const second = await watch(files);
    expect(second.shown('mail-web')).toBe('DOWN');
    await until(
      () => (second.monitors.engine.monitors().get('mail-web')?.last?.at ?? 0) > Date.now() - 1_000,
    );
    expect(second.audit).toEqual([]);
    expect(second.monitors.incidents.open('en')).toHaveLength(1);
    target.answer = (_req, res) => res.end('ok');
    await until(() => second.monitors.incidents.open('en').length === 0);
    expect(second.audit.map(({ action }) => action)).toEqual(['monitors.recovered']);
    const seqs = (await transitions()).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  });

  test('asleep for a minute: nothing is down, one notice, and it sees again', async () => {
    const it = await watch({ 'mail.yaml': service('mail', `${web('a')}\n${web('b')}`) });
    await until(() => it.shown('a') === 'UP' && it.shown('b') === 'UP');
    it.jump(60_000);
    await until(() => it.shown('a') === 'BLIND');
    target.answer = broken;
    it.jump(0);
    await sleep(1_500);
    target.answer = (_req, res) => res.end('ok');
    it.jump(4_000);
    await until(() => it.shown('a') === 'UP' && it.shown('b') === 'UP');
    expect(it.audit.map(({ action }) => action)).toEqual(['monitors.blind', 'monitors.sighted']);
    expect((await transitions()).map(({ health }) => health)).not.toContain('DOWN');
  });

  test('of two processes one holds the beat; the other one shows the same and takes over', async () => {
    const files = { 'mail.yaml': service('mail', web('mail-web')) };
    const first = await watch(files);
    await until(() => first.shown('mail-web') === 'UP');
    const second = await watch(files);
    expect(first.monitors.engine.watches()).toBe(true);
    expect(second.monitors.engine.watches()).toBe(false);
    await until(() => second.shown('mail-web') === 'UP');
    const before = second.monitors.engine.figures().done.ok;
    await first.stop();
    running.shift();
    second.jump(11_000);
    await until(() => second.monitors.engine.watches());
    await until(() => second.monitors.engine.figures().done.ok > before);
  });

  test('a broken file leaves the last good one in force, a mended one is taken over', async () => {
    const it = await watch({ 'mail.yaml': service('mail', web('a')) });
    await until(() => it.shown('a') === 'UP');
    it.put('mail.yaml', service('mail', '  - { id: a, kind: htpp, target: x }'));
    await until(() => it.monitors.problems().length > 0);
    expect(it.monitors.problems()[0]).toMatchObject({ file: 'monitors/mail.yaml', suggestion: 'http' });
    expect(it.shown('a')).toBe('UP');
    it.put('mail.yaml', service('mail', `${web('a')}\n${web('b')}`));
    await until(() => it.shown('b') === 'UP');
    expect(it.monitors.problems()).toEqual([]);
    it.put('mail.yaml', service('mail', web('b')));
    await until(() => it.shown('a') === undefined);
  });

  test('closes the incident of a monitor that is taken away', async () => {
    const it = await watch({
      'mail.yaml': service('mail', `${web('a')}\n${web('b', ', expect: { fail: ["status == 418"] }')}`),
    });
    await until(() => it.monitors.incidents.open('en').length === 1);
    it.put('mail.yaml', service('mail', web('a')));
    await until(() => it.monitors.incidents.open('en').length === 0);
  });

  test('maintenance that people plan is silent and not charged', async () => {
    const it = await watch({ 'mail.yaml': service('mail', web('a')) });
    await until(() => it.shown('a') === 'UP');
    const now = Date.now();
    const text = { en: 'New disks' };
    await it.monitors.incidents.plan(
      {
        title: text,
        text,
        kind: 'preventive',
        services: ['mail'],
        startsAt: now - 1_000,
        endsAt: now + 60_000,
      },
      'nina',
    );
    await until(() => it.shown('a') === 'MAINTENANCE');
    target.answer = broken;
    await until(() => it.monitors.engine.monitors().get('a')?.state.health === 'DOWN');
    expect(it.monitors.incidents.open('en')).toEqual([]);
    expect(it.monitors.status.overall()).toBe('maintenance');
  });

  test('a job that reports is up, and down when it says so or falls silent', async () => {
    const token = 'a-token-that-nobody-guesses';
    const it = await watch(
      {
        'jobs.yaml': service(
          'jobs',
          '  - { id: backup, kind: heartbeat, token: "$' + '{env:T}", within: 1s, grace: 1s }',
        ),
      },
      { variables: { T: token } },
    );
    await expect(it.monitors.heartbeat('a-token-of-somebody-else', { ok: true })).rejects.toThrow(
      'monitors.unknown-heartbeat',
    );
    await it.monitors.heartbeat(token, { ok: true });
    await until(() => it.shown('backup') === 'UP');
    await until(() => it.shown('backup') === 'DOWN');
    expect(it.monitors.engine.monitors().get('backup')?.state.reason?.code).toBe('heartbeat-late');
  });

  test('one ticket for what stays down', async () => {
    const it = await watch({
      'mail.yaml': service(
        'mail',
        `${web('a', ', ticket: { after: 1s, impact: 1 }')}\n${web('b', ', ticket: { after: 1s }')}`,
        ', tier: L2',
      ),
    });
    target.answer = broken;
    await until(() => it.monitors.incidents.open('en').length === 1);
    await until(() => it.shown('a') === 'DOWN' && it.shown('b') === 'DOWN');
    await until(() => it.tickets.length > 0, 20_000);
    await sleep(300);
    expect(it.tickets).toHaveLength(1);
    expect(it.tickets[0]).toMatchObject({
      channel: 'monitor',
      service: 'mail',
      tier: 'L2',
      cause: 'monitor.down',
    });
  }, 40_000);

  test('keeps samples over a restart and packs them tightly', async () => {
    const files = { 'mail.yaml': service('mail', web('a')) };
    const first = await watch(files);
    await until(() => first.monitors.engine.figures().done.ok >= 4);
    await first.stop();
    running.splice(0);
    const rows = await database.db.kysely.selectFrom('raw_hour').selectAll().execute();
    expect(rows.reduce((sum, { pack }) => sum + pack.length, 0)).toBeLessThan(40);
    const second = await watch(files);
    expect(second.monitors.engine.monitors().get('a')?.last?.outcome).toBe('ok');
    const detail = await second.monitors.detail('a', 'en');
    expect(detail?.latency.length).toBeGreaterThan(0);
    expect(detail?.transitions.map(({ health }) => health)).toEqual(['UP']);
  });
});
