import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedSampleRoles } from '../../src/access/access.ts';
import { listAudit } from '../../src/access/audit/store.ts';
import type { Person, Role, Who } from '../../src/lib/who.ts';
import { type AccessUnderTest, from, PASSWORD, startAccess } from './setup.ts';

let it: AccessUnderTest;
beforeAll(async () => {
  it = await startAccess();
});
afterAll(() => it.database.remove());

const person = (login: string, roles: readonly Role[]): Person => ({
  kind: 'person',
  id: login,
  login,
  name: login,
  email: `${login}@example.org`,
  lang: 'en',
  roles,
  teams: [],
});
const ADMIN = person('admin', ['admin']);
const rolesOf = async (login: string) =>
  (await it.access.people(ADMIN)).find((row) => row.login === login)?.roles ?? [];

describe('people and roles', () => {
  test('of sample mode are there from the start, and a restart does not bring back what was taken away', async () => {
    expect(await rolesOf('nina')).toEqual(['staff', 'agent-l1']);
    expect(await rolesOf('admin')).toEqual(['staff', 'admin']);
    expect((await it.access.people(ADMIN)).find((row) => row.login === 'reza')?.teams).toEqual([
      'operations',
    ]);
    await it.access.revoke(ADMIN, 'ivan', 'editor');
    await seedSampleRoles(it.database.db, Date.now());
    expect(await rolesOf('ivan')).toEqual(['staff']);
  });

  const others: readonly Who[] = [
    { kind: 'anonymous' },
    person('alex', ['staff']),
    person('nina', ['agent-l1', 'agent-l2', 'agent-l3']),
    person('ivan', ['editor']),
  ];
  test.each(others)('are for admins only: not for $kind $login', async (who) => {
    const status = who.kind === 'anonymous' ? 401 : 403;
    for (const attempt of [
      () => it.access.people(who),
      () => it.access.grant(who, 'alex', 'admin'),
      () => it.access.revoke(who, 'nina', 'agent-l1'),
      () => it.access.sessions(who),
      () => it.access.endSession(who, 'x'),
      () => it.access.resetSecondFactor(who, 'nina'),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status });
    }
    expect(await rolesOf('alex')).toEqual(['staff']);
  });

  test('change with an audit row, and only when something changes', async () => {
    expect(await it.access.grant(ADMIN, 'Sara', 'agent-l2')).toBe(true);
    expect(await it.access.grant(ADMIN, 'sara', 'agent-l2')).toBe(false);
    expect(await rolesOf('sara')).toEqual(['staff', 'agent-l2']);
    expect(await it.access.revoke(ADMIN, 'sara', 'agent-l2')).toBe(true);
    expect(await it.access.revoke(ADMIN, 'sara', 'agent-l2')).toBe(false);
    const rows = await listAudit(it.database.db.kysely, { subject: 'sara' });
    expect(rows.map(({ actor, action, details }) => [actor, action, details.role])).toEqual([
      ['admin', 'access.revoke-role', 'agent-l2'],
      ['admin', 'access.grant-role', 'agent-l2'],
    ]);
  });

  test('a role counts from the next request on', async () => {
    const result = await it.access.signIn({ login: 'alex', password: PASSWORD }, from('192.0.2.1'));
    const cookies =
      result.outcome === 'signed-in' ? result.cookies.map((line) => line.split(';')[0] ?? '') : [];
    const asked = () => it.access.whoIs(from('192.0.2.1', cookies).headers);
    expect(await asked()).toMatchObject({ roles: ['staff'] });
    await it.access.grant(ADMIN, 'alex', 'editor');
    expect(await asked()).toMatchObject({ roles: ['staff', 'editor'] });
    await it.access.revoke(ADMIN, 'alex', 'editor');
    expect(await asked()).toMatchObject({ roles: ['staff'] });
  });

  test('nobody unknown gets a role, and the last admin stays', async () => {
    await expect(it.access.grant(ADMIN, 'nobody', 'editor')).rejects.toMatchObject({
      code: 'access.no-such-person',
    });
    await expect(it.access.revoke(ADMIN, 'admin', 'admin')).rejects.toMatchObject({
      code: 'access.last-admin',
    });
    await it.access.grant(ADMIN, 'layla', 'admin');
    expect(await it.access.revoke(ADMIN, 'admin', 'admin')).toBe(true);
  });

  test('an admin sees and ends the sessions of others', async () => {
    await it.access.signIn({ login: 'alex', password: PASSWORD }, from('203.0.113.9'));
    const row = (await it.access.sessions(ADMIN)).find(({ ip }) => ip === '203.0.113.9');
    expect(row).toMatchObject({ login: 'alex' });
    expect(await it.access.endSession(ADMIN, row?.id ?? '')).toBe(true);
    expect(await it.access.endSession(ADMIN, row?.id ?? '')).toBe(false);
    expect((await it.access.sessions(ADMIN)).some(({ ip }) => ip === '203.0.113.9')).toBe(false);
  });
});
