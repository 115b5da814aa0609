import { expect, test } from 'vitest';
import type { Level, Priority } from '../../src/tickets/contract.ts';
import { moreUrgent, priorityOf } from '../../src/tickets/priority.ts';

test.each<[Level, Level, Priority]>([
  [1, 1, 'P1'],
  [1, 2, 'P2'],
  [2, 1, 'P2'],
  [1, 3, 'P3'],
  [2, 2, 'P3'],
  [3, 1, 'P3'],
  [2, 3, 'P4'],
  [3, 2, 'P4'],
  [3, 3, 'P4'],
])('impact %i and urgency %i make %s', (impact, urgency, priority) => {
  expect(priorityOf(impact, urgency)).toBe(priority);
});

test('more urgent is one step and ends at the top', () => {
  expect([3, 2, 1].map((urgency) => moreUrgent(urgency as Level))).toEqual([2, 1, 1]);
});
