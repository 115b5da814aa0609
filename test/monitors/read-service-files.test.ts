import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeProblem } from '../../src/lib/problem.ts';
import { readServiceFiles } from '../../src/monitors/read-service-files.ts';
import { secretsFrom } from '../../src/monitors/secrets.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'firstline-files-'));
  mkdirSync(join(root, 'monitors'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFileSync(join(root, 'monitors', name), text);
const read = (variables: Record<string, string> = {}) => readServiceFiles(root, secretsFrom(variables));
const problems = (variables?: Record<string, string>) => {
  const result = read(variables);
  return result.ok ? [] : result.problems.map(describeProblem);
};
const mail = (monitors: string) =>
  `service:\n  id: mail\n  name: { en: Mail, fa: رایانامه }\n  group: work\nmonitors:\n${monitors}`;

describe('service files', () => {
  test('are read with all defaults filled in', () => {
    put(
      'mail.yaml',
      `service: { id: mail, name: { en: Mail } }
defaults: { every: 20s, timeout: 8s, confirm: { fail: 4 } }
monitors:
  - id: mail-web
    kind: http
    target: https://mail.example.org/
    confirm: { recover: 3 }
    expect: { warn: ["latency < 1s"] }
`,
    );
    const result = read();
    const monitor = result.ok ? result.catalogue.monitors.get('mail-web') : undefined;
    expect(monitor).toMatchObject({
      service: 'mail',
      everyMs: 20_000,
      timeoutMs: 8_000,
      recheckMs: 5_000,
      confirm: { fail: 4, recover: 3 },
    });
    expect(monitor?.fail.map(({ text }) => text)).toEqual(['status < 400']);
  });

  test('may be missing altogether', () => {
    rmSync(join(root, 'monitors'), { recursive: true });
    expect(read()).toMatchObject({ ok: true });
  });

  test('take secrets from the environment and from files, and show neither', () => {
    writeFileSync(join(root, 'token'), 'from-a-file\n');
    put(
      'mail.yaml',
      mail(`  - id: a
    kind: http
    target: https://mail.example.org/
    auth: { bearer: "\${env:MAIL_TOKEN}" }
    headers: { X-Key: "\${file:${join(root, 'token')}}" }
`),
    );
    const result = read({ MAIL_TOKEN: 'from-env' });
    const monitor = result.ok ? result.catalogue.monitors.get('a') : undefined;
    expect(monitor?.settings).toMatchObject({
      auth: { bearer: 'from-env' },
      headers: { 'X-Key': 'from-a-file' },
    });
    expect(problems()).toEqual([
      'monitors/mail.yaml:9 monitors[0].auth.bearer: the environment variable MAIL_TOKEN is not set.',
    ]);
  });

  test('may have their addresses from the environment, which are then checked and not shown', () => {
    const place = '$' + '{env:MAIL_HOST}';
    put('mail.yaml', mail(`  - { id: a, kind: http, target: "https://${place}/x" }`));
    const result = read({ MAIL_HOST: 'mail.internal.example' });
    const monitor = result.ok ? result.catalogue.monitors.get('a') : undefined;
    expect(monitor?.settings).toMatchObject({ target: 'https://mail.internal.example/x' });
    expect(monitor?.target).toBe(`https://${place}/x`);
    const [problem] = problems({ MAIL_HOST: 'not a host' });
    expect(problem).toContain('monitors[0].target: expected http');
    expect(problem).not.toContain('not a host');
  });

  test.each([
    [
      'a misspelt key',
      '  - id: a\n    kind: http\n    targte: http://x/',
      ':8 monitors[0].targte: unknown key. Did you mean "target"?',
    ],
    [
      'an unknown kind',
      '  - id: a\n    kind: htpp\n    target: http://x/',
      'monitors[0].kind: "htpp" is not one of',
      'Did you mean "http"?',
    ],
    [
      'a wrong duration',
      '  - id: a\n    kind: http\n    target: http://x/\n    every: 20',
      ':9 monitors[0].every:',
    ],
    [
      'an interval that is too short',
      '  - id: a\n    kind: http\n    target: http://x/\n    every: 10ms',
      'expected 1s to 1d',
    ],
    [
      'a condition with a wrong name',
      '  - id: a\n    kind: tcp\n    target: x:80\n    expect: { fail: [conected] }',
      ':9 monitors[0].expect.fail[0]: "conected" is not known here',
      'Did you mean "connected"?',
    ],
    [
      'a condition of another kind',
      '  - id: a\n    kind: tcp\n    target: x:80\n    expect: { warn: ["status == 200"] }',
      'monitors[0].expect.warn[0]: "status" is not known here',
    ],
    [
      'an address without a port',
      '  - id: a\n    kind: tcp\n    target: mail.example.org',
      'expected host:port',
    ],
    ['a password in an address', '  - id: a\n    kind: http\n    target: http://u:p@x/', 'use auth'],
    [
      'an unknown dependency',
      '  - id: a\n    kind: tcp\n    target: x:80\n    dependsOn: [mial]',
      ':9 monitors[0].dependsOn[0]: there is no monitor or service "mial"',
      'Did you mean "mail"?',
    ],
    [
      'a circle',
      '  - { id: a, kind: tcp, target: "x:80", dependsOn: [b] }\n  - { id: b, kind: tcp, target: "x:81", dependsOn: [a] }',
      ':6 monitors[0].dependsOn: depends on itself: a → b → a',
    ],
    [
      'the same id twice',
      '  - { id: a, kind: tcp, target: "x:80" }\n  - { id: a, kind: tcp, target: "x:81" }',
      ':7 monitors[1].id: "a" is already a monitor of the service mail',
    ],
    [
      'a wrong cron expression',
      '  - { id: a, kind: tcp, target: "x:80", maintenance: [{ cron: "0 25 * * *", for: 1h }] }',
      'hour 25 is not between 0 and 23',
    ],
    [
      'an unknown zone',
      '  - { id: a, kind: tcp, target: "x:80", maintenance: [{ cron: "0 2 * * *", for: 1h, tz: Asia/Teheran }] }',
      'expected an IANA time zone',
    ],
  ])('with %s are told line and key', (_name, monitors, ...parts) => {
    put('mail.yaml', mail(monitors));
    const told = problems();
    for (const part of parts) expect(told.join('\n')).toContain(part);
    expect(told[0]).toMatch(/^monitors\/mail\.yaml:\d+ /);
  });

  test('of two services with one id are told which', () => {
    put('a.yaml', 'service: { id: mail, name: { en: A } }\n');
    put('b.yaml', 'service: { id: mail, name: { en: B } }\n');
    expect(problems()).toEqual([
      'monitors/b.yaml:1 service.id: "mail" is already the id of monitors/a.yaml.',
    ]);
  });

  test('with an unknown group are told what was probably meant', () => {
    put('_groups.yaml', 'groups: [{ id: workplace, name: { en: Work } }]\n');
    put('mail.yaml', 'service: { id: mail, name: { en: A }, group: workplce }\n');
    expect(problems()[0]).toContain('service.group: there is no group "workplce". Did you mean "workplace"?');
  });

  test('let a service depend on all monitors of another one', () => {
    put(
      'net.yaml',
      'service: { id: net, name: { en: N } }\nmonitors:\n  - { id: gw, kind: ping, target: 192.0.2.1 }\n',
    );
    put(
      'mail.yaml',
      'service: { id: mail, name: { en: M }, dependsOn: [net] }\nmonitors:\n  - { id: a, kind: tcp, target: "x:80" }\n',
    );
    const result = read();
    expect(result.ok && result.catalogue.monitors.get('a')?.parents).toEqual(['gw']);
  });
});
