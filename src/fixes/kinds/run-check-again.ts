import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { RunFix } from '../kind.ts';

/** What it needs of the monitors; handed in by `main`. */
export interface CheckAgain {
  /** Undefined when there is no such monitor. */
  state(
    monitor: string,
  ): Promise<{ readonly isUp: boolean; readonly checkedAt: number | undefined } | undefined>;
  checkNow(monitor: string): void;
}

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 250;

/** Looks at a service at once instead of at the next beat: for "I think it works again". */
export function runCheckAgain(checks: CheckAgain): RunFix<{ monitor: string }> {
  return {
    id: 'run-check-again',
    form: 'run',
    audience: 'staff',
    proof: 'signed-in',
    risk: 'none',
    budget: { targetPerHour: 12, targetPerDay: 60, fixPerHour: 120 },
    input: z.strictObject({
      monitor: z.string().regex(/^[a-z0-9][a-z0-9./-]{0,120}$/, 'expected the id of a monitor'),
    }),
    steps: ['check', 'look'],
    target: ({ monitor }) => `monitor:${monitor}`,
    keep: ({ monitor }) => ({ monitor }),
    precheck: async ({ monitor }) => ((await checks.state(monitor)) ? undefined : 'no-such-monitor'),
    async run({ monitor }, { step }) {
      const before = (await checks.state(monitor))?.checkedAt;
      await step('check', async () => {
        checks.checkNow(monitor);
        const giveUpAt = performance.now() + PATIENCE_MS;
        while ((await checks.state(monitor))?.checkedAt === before) {
          if (performance.now() > giveUpAt) throw new Error('the check did not run');
          await sleep(LOOK_EVERY_MS);
        }
      });
    },
    async verify({ monitor }) {
      const now = await checks.state(monitor);
      if (!now) return 'unknown';
      return now.isUp ? 'fixed' : 'not-effective';
    },
  };
}
