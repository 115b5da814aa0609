import cron from 'node-cron';
import type { Logger } from 'pino';

/** What happens by the clock. The only place that knows node-cron. */
export interface Schedule {
  /** `cron` has 5 fields, or 6 with seconds; never overlaps itself. A throw is logged, the schedule goes on. */
  every(name: string, expression: string, run: () => Promise<void> | void): void;
  start(): void;
  stop(): Promise<void>;
}

export function createSchedule(log: Logger): Schedule {
  const tasks: ReturnType<typeof cron.createTask>[] = [];
  return {
    every(name, expression, run) {
      const guarded = async () => {
        try {
          await run();
        } catch (error) {
          log.error({ err: error, schedule: name }, 'schedule: a run failed');
        }
      };
      tasks.push(cron.createTask(expression, guarded, { name, noOverlap: true, timezone: 'UTC' }));
    },
    start() {
      for (const task of tasks) void task.start();
    },
    async stop() {
      await Promise.all(tasks.map((task) => task.destroy()));
    },
  };
}
