import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { keyFor } from '../../src/config/key-for.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'firstline-config-'));
  writeFileSync(join(root, 'firstline.yaml'), 'organisation:\n  name: { en: Test }\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const load = (variables: Record<string, string> = {}) => loadConfig({ FIRSTLINE_ROOT: root, ...variables });

describe('the configuration', () => {
  test('has sensible defaults: sample mode, on loopback only', () => {
    const config = load({ HOST: '0.0.0.0' });
    expect(config).toMatchObject({
      sample: true,
      host: '127.0.0.1',
      port: 4321,
      baseUrl: 'http://localhost:4321',
    });
    expect(config.org.recovery.proofValid).toBe(600_000);
  });

  test('real parts turn sample mode off', () => {
    expect(load({ SMTP_URL: 'smtp://mail.example.org' })).toMatchObject({ sample: false, host: '0.0.0.0' });
  });

  test('an empty variable counts as not set', () => {
    expect(load({ DATABASE_URL: '', PORT: '' }).port).toBe(4321);
  });

  test('makes a secret once and keeps it readable for nobody else', () => {
    const first = keyFor(load().secret, 'x');
    expect(keyFor(load().secret, 'x')).toEqual(first);
    expect(keyFor(load().secret, 'y')).not.toEqual(first);
    expect(statSync(join(root, 'data/secret')).mode & 0o077).toBe(0);
    expect(JSON.stringify(load())).not.toContain(readFileSync(join(root, 'data/secret'), 'utf8').trim());
  });

  test.each([
    ['a port that is none', { PORT: 'http' }, 'PORT'],
    ['a port that is too large', { PORT: '70000' }, 'PORT'],
    ['an address without http', { BASE_URL: 'help.example.org' }, 'BASE_URL'],
    ['a short secret', { SECRET: 'abc' }, 'SECRET'],
    ['a role that does not exist', { ROLES: 'wbe' }, 'ROLES'],
  ])('%s is told in one sentence', (_name, variables, named) => {
    expect(() => load(variables)).toThrow(
      new RegExp(`^The environment variable ${named} is not usable: .+\\.$`),
    );
  });

  test('a data folder that cannot be made is told in one sentence', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => load({ DATA_DIR: 'file/data' })).toThrow(/cannot be written/);
  });

  test('a missing firstline.yaml is told in one sentence', () => {
    mkdirSync(join(root, 'empty'));
    expect(() => load({ FIRSTLINE_ROOT: join(root, 'empty') })).toThrow(/^There is no firstline\.yaml in /);
  });

  test.each([
    [
      'organisation:\n  name: { en: T }\n  timezon: UTC\n',
      'firstline.yaml:3 organisation.timezon: unknown key. Did you mean "timezone"?',
    ],
    [
      'organisation:\n  name: { en: T }\n  timezone: Mars/Base\n',
      'firstline.yaml:3 organisation.timezone: expected an IANA time zone',
    ],
    [
      'organisation:\n  name: { en: T }\nrecovery:\n  proofValid: ten\n',
      'firstline.yaml:4 recovery.proofValid: expected a duration',
    ],
    ['organisation:\n  name: { de: T }\n', 'firstline.yaml:2 organisation.name.de: unknown key'],
    [
      'organisation:\n  name: { en: T }\n  languages: [en, fr]\n',
      'firstline.yaml:3 organisation.languages[1]: "fr" is not one of en, fa, ar, ru',
    ],
  ])('a mistake in firstline.yaml: %s', (text, message) => {
    writeFileSync(join(root, 'firstline.yaml'), text);
    expect(() => load()).toThrow(message);
  });
});
