import type { Fact, TicketEvent } from '../../src/tickets/schema.ts';

type Opened = Extract<Fact, { kind: 'opened' }>;
type Step = readonly [at: number, fact: Fact];

/** Events of a ticket that was opened at `at` (impact 3, urgency 2), followed by these. */
export function history(at: number, ...rest: readonly (Step | Partial<Opened>)[]): readonly TicketEvent[] {
  const steps = rest.filter((one): one is Step => Array.isArray(one));
  const over = rest.find((one): one is Partial<Opened> => !Array.isArray(one)) ?? {};
  const opened: Opened = {
    kind: 'opened',
    summary: 'The printer prints grey',
    lang: 'en',
    channel: 'portal',
    impact: 3,
    urgency: 2,
    tier: 'L1',
    trail: [],
    evidence: {},
    since: at,
    ...over,
  };
  return [[at, opened] as const, ...steps].map(
    ([when, fact], index): TicketEvent => ({ ...fact, seq: index + 1, at: when, by: 'test' }),
  );
}
