import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chargeOf, type MonitorState, newState } from '../../src/monitors/monitor-state.ts';
import {
  type AlertAbout,
  type Confirm,
  type Effect,
  isUnsettled,
  type MonitorEvent,
  NO_PARENTS,
  type Outcome,
  step,
} from '../../src/monitors/step.ts';
import { type Change, chargeTime, NO_TIME } from '../../src/monitors/uptime.ts';

const confirm: Confirm = { fail: 3, recover: 2 };
const MINUTE = 60_000;

const result = (outcome: Outcome, parents = NO_PARENTS): MonitorEvent => ({
  kind: 'result',
  outcome,
  reason: outcome === 'ok' ? null : { code: 'timeout' },
  parents,
});

/** Runs events one minute apart; each letter is a result: o(k), w(arn), f(ail), u(nknown). */
function run(letters: string, from = newState(0), start = 0) {
  const outcomes = { o: 'ok', w: 'warn', f: 'fail', u: 'unknown' } as const;
  let state = from;
  const effects: Effect[] = [];
  const path: string[] = [];
  [...letters].forEach((letter, i) => {
    const [next, more] = step(
      state,
      result(outcomes[letter as keyof typeof outcomes]),
      start + i * MINUTE,
      confirm,
    );
    state = next;
    effects.push(...more);
    path.push(state.overlay ?? state.health);
  });
  return { state, path, effects, alerts: alertsOf(effects) };
}

const alertsOf = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'alert' ? [effect.about] : []));
const incidentsOf = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'incident' ? [effect.change] : []));

describe('a monitor', () => {
  test.each([
    ['a first success needs no news', 'o', ['UP'], []],
    ['one failure is only a suspicion', 'of', ['UP', 'SUSPECT'], []],
    ['a suspicion that does not hold leaves no trace', 'offo', ['UP', 'SUSPECT', 'SUSPECT', 'UP'], []],
    ['three failures in a row are believed', 'offf', ['UP', 'SUSPECT', 'SUSPECT', 'DOWN'], ['down']],
    [
      'two successes are a recovery',
      'offfoo',
      ['UP', 'SUSPECT', 'SUSPECT', 'DOWN', 'RECOVERING', 'UP'],
      ['down', 'recovered'],
    ],
    [
      'a recovery that fails is told to nobody',
      'offfof',
      ['UP', 'SUSPECT', 'SUSPECT', 'DOWN', 'RECOVERING', 'DOWN'],
      ['down'],
    ],
    ['new and broken is down without ever having been up', 'fff', ['NEW', 'NEW', 'DOWN'], ['down']],
    ['blemishes add up to degraded, silently', 'owww', ['UP', 'UP', 'UP', 'DEGRADED'], []],
    ['degraded clears after two good checks', 'owwwoo', ['UP', 'UP', 'UP', 'DEGRADED', 'DEGRADED', 'UP'], []],
    [
      'a suspicion while degraded goes back to degraded',
      'owwwfw',
      ['UP', 'UP', 'UP', 'DEGRADED', 'SUSPECT', 'DEGRADED'],
      [],
    ],
    ['checks that could not be made are not failures', 'ouuu', ['UP', 'UP', 'UP', 'UNKNOWN'], []],
    ['and one answer ends not knowing', 'ouuuo', ['UP', 'UP', 'UP', 'UNKNOWN', 'UP'], []],
  ])('%s', (_name, letters, path, alerts) => {
    const ran = run(letters);
    expect(ran.path).toEqual(path);
    expect(ran.alerts).toEqual(alerts);
  });

  test('opens and closes one incident', () => {
    expect(incidentsOf(run('offffffoo').effects)).toEqual(['open', 'close']);
  });

  test('asks for a quick second look only while something is unsettled', () => {
    expect(isUnsettled(run('of').state)).toBe(true);
    expect(isUnsettled(run('offfo').state)).toBe(true);
    expect(isUnsettled(run('f').state)).toBe(true);
    expect(isUnsettled(run('o').state)).toBe(false);
    expect(isUnsettled(run('offf').state)).toBe(false);
  });

  test('that flaps says so once, and in the end how it is', () => {
    const flapping = run(`o${'fffoo'.repeat(4)}`);
    expect(flapping.state.overlay).toBe('FLAPPING');
    expect(flapping.alerts).toEqual(['down', 'recovered', 'down', 'recovered', 'flapping']);
    const calm = run('o'.repeat(40), flapping.state, 21 * MINUTE);
    expect(calm.state.overlay).toBeNull();
    expect(calm.alerts).toEqual(['steady']);
    expect(calm.state.incident).toBe(false);
  });

  test('whose parent is down is not blamed, and is looked at afresh afterwards', () => {
    const { state } = run('off');
    const parentDown = { down: 'gateway', unsure: false };
    const [hidden, effects] = step(state, result('fail', parentDown), 3 * MINUTE, confirm);
    expect(hidden).toMatchObject({ health: 'SUSPECT', overlay: 'SUPPRESSED', suppressedBy: 'gateway' });
    expect(alertsOf(effects)).toEqual([]);
    expect(chargeOf(hidden.health, hidden.overlay)).toBe('unknown');
    const [seen] = step(hidden, result('fail'), 4 * MINUTE, confirm);
    expect(seen).toMatchObject({ health: 'SUSPECT', overlay: null, fails: 1 });
    const still = run('ff', seen, 5 * MINUTE);
    expect(still.alerts).toEqual(['down']);
  });

  test('waits for the verdict on its parent', () => {
    const { state } = run('off');
    const [waiting] = step(state, result('fail', { down: null, unsure: true }), 3 * MINUTE, confirm);
    expect(waiting.health).toBe('SUSPECT');
    const [down] = step(waiting, result('fail'), 4 * MINUTE, confirm);
    expect(down.health).toBe('DOWN');
  });

  test('in maintenance is recorded, not charged and silent; what remains is told afterwards', () => {
    const { state: up } = run('o');
    const [planned] = step(up, { kind: 'maintenance', active: true }, MINUTE, confirm);
    const during = run('ffff', planned, 2 * MINUTE);
    expect(during.state).toMatchObject({ health: 'DOWN', overlay: 'MAINTENANCE' });
    expect(during.alerts).toEqual([]);
    expect(chargeOf(during.state.health, during.state.overlay)).toBe('maintenance');
    const [, effects] = step(during.state, { kind: 'maintenance', active: false }, 9 * MINUTE, confirm);
    expect(alertsOf(effects)).toEqual(['down']);
    expect(incidentsOf(effects)).toEqual(['open']);
  });

  test('believes nothing while the checker is blind, and forgets the suspicions of that moment', () => {
    const { state } = run('off');
    const [blind] = step(state, { kind: 'blind', active: true }, 3 * MINUTE, confirm);
    expect(blind).toMatchObject({ health: 'UP', overlay: 'BLIND', fails: 0 });
    const during = run('fffff', blind, 4 * MINUTE);
    expect(during.state).toEqual(blind);
    const [seeing] = step(during.state, { kind: 'blind', active: false }, 10 * MINUTE, confirm);
    expect(seeing).toMatchObject({ health: 'UP', overlay: null });
  });

  test('does not live backwards when the clock is set back', () => {
    const { state } = run('off', newState(0), 7_200_000);
    const [down, effects] = step(state, result('fail'), 0, confirm);
    expect(down.since).toBeGreaterThanOrEqual(state.since);
    expect(effects[0]).toMatchObject({ kind: 'transition', at: down.since });
  });
});

// ---- whatever happens ----

const event: fc.Arbitrary<MonitorEvent> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .record({
        outcome: fc.constantFrom<Outcome>('ok', 'ok', 'fail', 'fail', 'warn', 'unknown'),
        down: fc.constantFrom(null, null, null, 'gateway'),
        unsure: fc.boolean(),
      })
      .map(
        ({ outcome, down, unsure }): MonitorEvent =>
          result(outcome, { down, unsure: unsure && down === null }),
      ),
  },
  { weight: 1, arbitrary: fc.boolean().map((active): MonitorEvent => ({ kind: 'maintenance', active })) },
  { weight: 1, arbitrary: fc.boolean().map((active): MonitorEvent => ({ kind: 'blind', active })) },
);
const history = fc.record({
  confirm: fc.record({ fail: fc.integer({ min: 1, max: 4 }), recover: fc.integer({ min: 1, max: 3 }) }),
  events: fc.array(fc.record({ event, after: fc.integer({ min: -5_000, max: 400_000 }) }), {
    maxLength: 120,
  }),
});

interface Step {
  readonly before: MonitorState;
  readonly after: MonitorState;
  readonly effects: readonly Effect[];
  readonly at: number;
}

function live({
  confirm: believe,
  events,
}: {
  confirm: Confirm;
  events: { event: MonitorEvent; after: number }[];
}): Step[] {
  let state = newState(0);
  let now = 0;
  return events.map(({ event: happened, after }) => {
    now += after;
    const before = state;
    const [next, effects] = step(state, happened, now, believe);
    state = next;
    return { before, after: next, effects, at: now };
  });
}

type Told = 'none' | 'down' | 'flapping';
/** What people may be told after what they were told last. */
const MAY_FOLLOW: Readonly<Record<Told, readonly AlertAbout[]>> = {
  none: ['down', 'flapping'],
  down: ['recovered', 'flapping'],
  flapping: ['steady'],
};

function toldAfter(about: AlertAbout, { health }: MonitorState): Told {
  if (about === 'flapping' || about === 'down') return about;
  return about === 'steady' && (health === 'DOWN' || health === 'RECOVERING') ? 'down' : 'none';
}

describe('whatever happens to a monitor', () => {
  test('the same events give the same state, also when it was written down in between', () => {
    fc.assert(
      fc.property(history, fc.nat(), (told, cut) => {
        const steps = live(told);
        const at = told.events.length === 0 ? 0 : cut % told.events.length;
        const kept =
          at === 0 ? newState(0) : (JSON.parse(JSON.stringify(steps[at - 1]?.after)) as MonitorState);
        let state = kept;
        let now = told.events.slice(0, at).reduce((sum, { after }) => sum + after, 0);
        for (const { event: happened, after } of told.events.slice(at)) {
          now += after;
          [state] = step(state, happened, now, told.confirm);
        }
        expect(state).toEqual(steps.at(-1)?.after ?? newState(0));
      }),
    );
  });

  test('transitions are numbered without gaps, in order of time, and exactly where something shows', () => {
    fc.assert(
      fc.property(history, (told) => {
        let seq = 0;
        let last = 0;
        for (const { before, after, effects } of live(told)) {
          const transitions = effects.filter((effect) => effect.kind === 'transition');
          const shows = before.health !== after.health || before.overlay !== after.overlay;
          expect(transitions).toHaveLength(shows ? 1 : 0);
          for (const transition of transitions) {
            expect(transition.seq).toBe(++seq);
            expect(transition.at).toBeGreaterThanOrEqual(last);
            expect(transition).toMatchObject({ health: after.health, overlay: after.overlay });
            last = transition.at;
          }
        }
      }),
    );
  });

  test('nobody is alerted without a transition, and every alert has its end', () => {
    fc.assert(
      fc.property(history, (told) => {
        let open: Told = 'none';
        for (const { effects, after } of live(told)) {
          const alerts = alertsOf(effects);
          if (alerts.length > 0) expect(effects[0]?.kind).toBe('transition');
          expect(alerts.length).toBeLessThanOrEqual(1);
          for (const about of alerts) {
            expect(MAY_FOLLOW[open]).toContain(about);
            open = toldAfter(about, after);
          }
        }
      }),
    );
  });

  test('a lasting success ends every alert and closes every incident', () => {
    fc.assert(
      fc.property(history, (told) => {
        const steps = live(told);
        let state = steps.at(-1)?.after ?? newState(0);
        let now = (steps.at(-1)?.at ?? 0) + 3_600_000;
        const calm: MonitorEvent[] = [
          { kind: 'maintenance', active: false },
          { kind: 'blind', active: false },
          ...Array.from({ length: 8 }, () => result('ok')),
        ];
        for (const happened of calm) {
          now += 3_600_000;
          [state] = step(state, happened, now, told.confirm);
        }
        expect(state).toMatchObject({ health: 'UP', overlay: null, alerted: false, incident: false });
      }),
    );
  });

  test('incidents open and close in turn, and only while people may hear of it', () => {
    fc.assert(
      fc.property(history, (told) => {
        let open = false;
        for (const { effects, after } of live(told)) {
          for (const change of incidentsOf(effects)) {
            expect(change).toBe(open ? 'close' : 'open');
            open = change === 'open';
            if (open) expect([null, 'FLAPPING']).toContain(after.overlay);
          }
          expect(after.incident).toBe(open);
        }
      }),
    );
  });

  test('uptime from transitions is what counting every second gives', () => {
    fc.assert(
      fc.property(history, (told) => {
        const transitions = live(told).flatMap(({ effects }) =>
          effects.filter((one) => one.kind === 'transition'),
        );
        const changes: Change[] = [
          { at: 0, charge: 'unknown' },
          ...transitions.map(({ at, health, overlay }) => ({ at, charge: chargeOf(health, overlay) })),
        ];
        const from = 5_000;
        const to = 600_000;
        const counted = { ...NO_TIME };
        // In steps so small that no transition falls inside of one.
        const edges = [
          ...changes.map((change) => change.at),
          ...Array.from({ length: 1_300 }, (_, i) => i * 500),
        ];
        const times = [...new Set(edges)].filter((at) => at >= from && at <= to).sort((a, b) => a - b);
        for (const [i, at] of times.entries()) {
          const charge = changes.findLast((change) => change.at <= at)?.charge ?? 'unknown';
          counted[charge] += (times[i + 1] ?? at) - at;
        }
        expect(chargeTime(changes, from, to)).toEqual(counted);
      }),
      { numRuns: 20 },
    );
  });
});
