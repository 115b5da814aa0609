import { expect, test } from 'vitest';
import { homeOf } from '../../src/access/home-of.ts';
import { needsSecondFactor, sessionWorth } from '../../src/access/second-factor.ts';
import { ROLES, type Role } from '../../src/lib/who.ts';

test('agents and admins need a second factor, others do not', () => {
  const needing = ROLES.filter((role) => needsSecondFactor([role]));
  expect(needing).toEqual(['agent-l1', 'agent-l2', 'agent-l3', 'admin']);
  expect(needsSecondFactor([])).toBe(false);
});

const ADMIN: readonly Role[] = ['staff', 'admin'];
test.each([
  { roles: [], via: 'password', isEnrolled: false, sample: false, worth: 'full' },
  { roles: ADMIN, via: 'password', isEnrolled: false, sample: false, worth: 'must-enrol' },
  { roles: ADMIN, via: 'password', isEnrolled: true, sample: false, worth: 'full' },
  { roles: ADMIN, via: null, isEnrolled: true, sample: false, worth: 'full' },
  { roles: ADMIN, via: 'link', isEnrolled: false, sample: false, worth: 'must-enrol' },
  { roles: ADMIN, via: 'password', isEnrolled: false, sample: true, worth: 'must-enrol' },
  { roles: ADMIN, via: 'sample-link', isEnrolled: false, sample: true, worth: 'full' },
  { roles: ADMIN, via: 'sample-link', isEnrolled: true, sample: false, worth: 'none' },
  { roles: [], via: 'sample-link', isEnrolled: false, sample: false, worth: 'none' },
] as const)(
  'a session by $via of $roles (enrolled: $isEnrolled, sample: $sample) is worth: $worth',
  (row) => {
    expect(sessionWorth(row)).toBe(row.worth);
  },
);

test.each([
  [['staff'], '/ar/'],
  [[], '/ar/'],
  [['staff', 'agent-l2'], '/desk'],
  [['editor'], '/admin'],
  [['agent-l1', 'admin'], '/admin'],
] as const)('%j arrive at %s', (roles, home) => {
  expect(homeOf(roles, 'ar')).toBe(home);
});
