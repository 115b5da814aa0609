import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../../src/monitors/kinds/command.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';

const SH = '/bin/sh';
const portal = { commands: [[SH, '-c'], ['/no/such/program'], ['/etc/passwd']] };
const run = (script: string, more: object = {}, options: object = {}) =>
  runCheck(command, { command: [SH, '-c', script], ...more }, { portal, ...options });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstline-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a program', () => {
  test.each([
    ['is content', 'exit 0', [], []],
    ['is not', 'exit 2', [], ['exit == 0: 2']],
    ['says it in words', 'echo all is well', ['output contains "well"'], []],
    [
      'says it in JSON',
      `echo '{"queue":{"length":12}}'`,
      ['output.$.queue.length < 10'],
      ['output.$.queue.length < 10: 12'],
    ],
  ])('%s', async (_name, script, conditions, broken) => {
    const seen = await run(script, {}, conditions.length > 0 ? { conditions } : {});
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual(broken);
  });

  test('an exit code that says nothing is unknown and not down', async () => {
    const seen = await run('exit 3', { unknown: [3] });
    expect(seen.unknown).toEqual({ code: 'command-unsure', detail: '3' });
    expect(seen.failure).toBeUndefined();
  });

  test('gets its words as they are: nothing is run as a shell would', async () => {
    const words = ['$(touch /tmp/x)', '; exit 9', '*'];
    const settings = { command: [SH, '-c', 'printf "%s|" "$@"', 'name', ...words] };
    const seen = await runCheck(command, settings, { portal, conditions: ['output == "x"'] });
    expect(seen.values.output).toBe('$(touch /tmp/x)|; exit 9|*|');
  });

  test("sees what it was given and nothing of the portal's environment", async () => {
    process.env.SECRET_OF_THE_PORTAL = 'hunter2';
    const seen = await run('env', { env: { CHECK_PASSWORD: 'opensesame-9' } });
    delete process.env.SECRET_OF_THE_PORTAL;
    expect(seen.values.output).toMatch(/CHECK_PASSWORD=\*\*\*/);
    expect(JSON.stringify(seen)).not.toMatch(/hunter2|opensesame/);
  });

  test('that hangs is ended at the deadline, and its children with it', async () => {
    const file = join(folder, 'pid');
    const seen = await run(`sleep 60 & echo $! > ${file}; wait`, {}, { timeoutMs: 400 });
    expect(seen.failure).toEqual({ code: 'timeout' });
    expect(seen.tookMs).toBeLessThan(900);
    await sleep(100);
    const child = Number(readFileSync(file, 'utf8'));
    expect(isRunning(child)).toBe(false);
  });

  test('that leaves a child behind has ended all the same', async () => {
    const seen = await run('echo done; sleep 60 & exit 0', {}, { conditions: ['output == "done"'] });
    expect(seen.broken).toEqual([]);
    expect(seen.tookMs).toBeLessThan(2_000);
  });

  test('that talks for ever is ended', async () => {
    const seen = await run('while :; do echo yes; done');
    expect(seen.failure).toEqual({ code: 'too-large' });
  });

  test('that is killed', async () => {
    expect((await run('kill -9 $$')).failure).toEqual({ code: 'failed', detail: 'SIGKILL' });
  });
});

function isRunning(pid: number): boolean {
  try {
    // Of one that has ended and was not yet fetched only the name is left.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe('what may be run', () => {
  test.each([
    ['a program that is not on the list', ['/bin/ls'], 'command-not-allowed'],
    ['a program of the list with other words', [SH, 'script.sh'], 'command-not-allowed'],
    ['a program that does not exist', ['/no/such/program'], 'command-missing'],
    ['a file that is no program', ['/etc/passwd'], 'not-permitted'],
  ])('%s', async (_name, words, code) => {
    const seen = await runCheck(command, { command: words }, { portal });
    expect(seen.unknown?.code).toBe(code);
    expect(seen.failure).toBeUndefined();
  });

  test('without a list nothing is', async () => {
    expect((await runCheck(command, { command: ['/bin/true'] })).unknown?.code).toBe('command-not-allowed');
  });

  test.each([
    ['a name without a path', { command: ['ls'] }, /^command: expected the full path/],
    ['no words', { command: [] }, /^command: /],
    ['a line instead of words', { command: '/bin/ls -l' }, /^command: /],
    ['a name that is none', { command: ['/bin/ls'], env: { 'A=B': 'c' } }, /^env\./],
  ])('%s is a mistake', (_name, settings, message) => {
    expect(mistakesOf(command, settings)[0]).toMatch(message);
  });

  test('words are not shown as target', () => {
    expect(command.target({ command: [SH, '-c', 'secret'], env: {}, unknown: [] })).toBe('command:/bin/sh');
  });
});
