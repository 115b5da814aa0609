import { Counter, Gauge, type Registry } from 'prom-client';
import { LAG_LIMITS_MS } from './check-figures.ts';
import type { Engine } from './engine.ts';
import { HEALTHS } from './monitor-state.ts';

/** Read from the engine's own counters when somebody looks: nothing to pay per check. */
export function addMonitorMetrics(registry: Registry, engine: Engine): void {
  new Gauge({
    name: 'firstline_monitors',
    help: 'Monitors by health',
    labelNames: ['health'],
    registers: [registry],
    collect() {
      const counts = new Map<string, number>(HEALTHS.map((health) => [health, 0]));
      for (const { state } of engine.monitors().values())
        counts.set(state.health, (counts.get(state.health) ?? 0) + 1);
      for (const [health, count] of counts) this.set({ health }, count);
    },
  });
  new Counter({
    name: 'firstline_checks_total',
    help: 'Finished checks by outcome',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(engine.figures().done)) this.inc({ outcome }, count);
    },
  });
  const counters = [
    ['firstline_checks_due_total', 'Checks that were planned', 'due'],
    ['firstline_checks_missed_total', 'Slots that passed during the check before', 'missed'],
    ['firstline_checks_late_total', 'Checks that began more than 1 s late', 'late'],
  ] as const;
  for (const [name, help, key] of counters) {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(engine.figures()[key]);
      },
    });
  }
  new Counter({
    name: 'firstline_check_start_lag_seconds_bucket',
    help: 'Checks that began at most so late after the plan',
    labelNames: ['le'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [i, count] of engine.figures().lags.entries()) {
        const limit = LAG_LIMITS_MS[i];
        this.inc({ le: limit === undefined ? '+Inf' : String(limit / 1_000) }, count);
      }
    },
  });
  new Gauge({
    name: 'firstline_monitors_blind',
    help: '1 while results are not believed',
    registers: [registry],
    collect() {
      this.set(engine.blind() === undefined ? 0 : 1);
    },
  });
}
