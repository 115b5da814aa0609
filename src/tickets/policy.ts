import type { Organisation } from '../config/schema.ts';
import { FatalError } from '../lib/app-error.ts';
import { ALWAYS, type CalendarRules, createCalendar } from './calendar.ts';
import type { SlaPolicy } from './clocks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Promises of an organisation that has written none down. */
const DEFAULT_TARGETS: SlaPolicy['targets'] = {
  P1: { firstResponse: 15 * MINUTE, nextResponse: 30 * MINUTE, restore: 2 * HOUR, resolve: 4 * HOUR },
  P2: { firstResponse: HOUR, nextResponse: 2 * HOUR, restore: 8 * HOUR, resolve: DAY },
  P3: { firstResponse: 4 * HOUR, nextResponse: 8 * HOUR, restore: 2 * DAY, resolve: 3 * DAY },
  P4: { firstResponse: DAY, nextResponse: 2 * DAY, restore: 5 * DAY, resolve: 7 * DAY },
};

/** The promises of `firstline.yaml`. Throws FatalError when they name a calendar that does not exist. */
export function policyOf(org: Pick<Organisation, 'sla' | 'calendars'>): SlaPolicy {
  const targets = org.sla?.targets ?? DEFAULT_TARGETS;
  const name = org.sla?.calendar ?? '24x7';
  if (name === '24x7') return { calendar: ALWAYS, targets };
  const rules = org.calendars[name];
  if (!rules) {
    const known = ['24x7', ...Object.keys(org.calendars)].join(', ');
    throw new FatalError(`firstline.yaml: sla.calendar is "${name}", which is none of ${known}.`);
  }
  return { calendar: createCalendar(rules as CalendarRules), targets };
}
