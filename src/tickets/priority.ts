import type { Level, Priority } from './contract.ts';

/** Both equally: everyone and now is P1; one step less of either is one priority lower. */
const MATRIX: Readonly<Record<Level, Readonly<Record<Level, Priority>>>> = {
  1: { 1: 'P1', 2: 'P2', 3: 'P3' },
  2: { 1: 'P2', 2: 'P3', 3: 'P4' },
  3: { 1: 'P3', 2: 'P4', 3: 'P4' },
};

export const priorityOf = (impact: Level, urgency: Level): Priority => MATRIX[impact][urgency];

/** One step more urgent, as after a fix that ran and did not help. */
export const moreUrgent = (urgency: Level): Level => (urgency === 3 ? 2 : 1);
