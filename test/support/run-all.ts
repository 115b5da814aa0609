import { parseCLI, startVitest } from 'vitest/node';
import { ensureTestServers } from './test-servers.ts';

// `npm test`: every project in one run, then the counts per project and the plain closing line.
if (!ensureTestServers()) process.exit(1);

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const vitest = await startVitest('test', filter, { ...options, watch: false });
const counts = new Map<string, { passed: number; failed: number; skipped: number }>();
for (const module of vitest.state.getTestModules()) {
  const count = counts.get(module.project.name) ?? { passed: 0, failed: 0, skipped: 0 };
  counts.set(module.project.name, count);
  // A file that could not even be loaded is a failure too.
  if (module.state() === 'failed' && module.errors().length > 0) count.failed++;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed' || state === 'failed') count[state]++;
    else count.skipped++;
  }
}
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();

const total = { passed: 0, failed: unhandled, skipped: 0 };
for (const [name, count] of counts) {
  console.log(`${name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += count[key];
}
if (unhandled > 0) console.log(`${unhandled} unhandled errors count as failed`);
// On CI a skipped test would be a silent gap.
const isFine = total.failed === 0 && total.passed > 0 && !(process.env.CI === 'true' && total.skipped > 0);
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exit(isFine ? 0 : 1);
