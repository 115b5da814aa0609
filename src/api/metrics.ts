import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Jobs } from '../jobs/contract.ts';

export interface Metrics {
  readonly registry: Registry;
  request(method: string, status: number, ms: number): void;
}

/** Prometheus figures of the process; features register their own on `registry`. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'firstline_http_requests_total',
    help: 'Answered requests',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'firstline_http_request_seconds',
    help: 'Time to answer',
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  return {
    registry,
    request(method, status, ms) {
      requests.inc({ method, status: `${Math.floor(status / 100)}xx` });
      seconds.observe(ms / 1_000);
    },
  };
}

/** Queue lengths, read when somebody looks. */
export function addJobMetrics(registry: Registry, jobs: Jobs): void {
  new Gauge({
    name: 'firstline_jobs',
    help: 'Jobs by kind and state',
    labelNames: ['kind', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const row of await jobs.counts()) {
        this.set({ kind: row.kind, state: 'waiting' }, row.waiting);
        this.set({ kind: row.kind, state: 'running' }, row.running);
        this.set({ kind: row.kind, state: 'dead' }, row.dead);
      }
    },
  });
}

/** What the gate decides, by rule: many straight-through ones of a kind are worth a look. */
export function countHelpRequests(registry: Registry): (outcome: string, rule: string) => void {
  const decisions = new Counter({
    name: 'firstline_help_decisions_total',
    help: 'Decisions of the gate by outcome and rule',
    labelNames: ['outcome', 'rule'],
    registers: [registry],
  });
  return (outcome, rule) => decisions.inc({ outcome, rule });
}
