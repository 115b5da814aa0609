import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Observed, parseCondition, type Value, type ValueTypes } from '../../src/monitors/condition.ts';

const types: ValueTypes = {
  connected: 'flag',
  status: 'number',
  latency: 'duration',
  body: 'text',
  'body.*': 'any',
  'cert.days': 'number',
};

const observed = (values: Record<string, Value>, p95?: number): Observed => ({
  value: (name) => values[name],
  latencyOver: () => p95,
});

const holds = (text: string, values: Record<string, Value>, p95?: number) => {
  const parsed = parseCondition(text, types);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.condition.holds(observed(values, p95));
};

describe('a condition', () => {
  test.each<[string, Record<string, Value>, boolean]>([
    ['status == 200', { status: 200 }, true],
    ['status == 200', { status: 503 }, false],
    ['status != 500', { status: 200 }, true],
    ['status<400', { status: 301 }, true],
    ['latency < 1s', { latency: 999 }, true],
    ['latency < 400ms', { latency: 400 }, false],
    ['latency <= 400ms', { latency: 400 }, true],
    ['connected', { connected: true }, true],
    ['connected', { connected: false }, false],
    ['connected == false', { connected: false }, true],
    ['cert.days > 14', { 'cert.days': 15 }, true],
    ['cert.days > 14', {}, false],
    ['body.$.db == "ok"', { 'body.$.db': 'ok' }, true],
    ['body.$.queue < 100', { 'body.$.queue': 7 }, true],
    ['body.$.list[0].name == "a b"', { 'body.$.list[0].name': 'a b' }, true],
    ['body contains "Welcome"', { body: 'Hello, Welcome!' }, true],
    ["body contains 'no'", { body: 'yes' }, false],
    ['body.$.gone != "x"', {}, true],
  ])('%s of %o is %s', (text, values, expected) => expect(holds(text, values)).toBe(expected));

  test('speaks of a quantile over some minutes', () => {
    expect(holds('latency.p95(5m) < 400ms', {}, 399)).toBe(true);
    expect(holds('latency.p95(5m) < 400ms', {}, 401)).toBe(false);
  });

  test.each([
    ['statu == 200', '"statu" is not known here', 'status'],
    ['status == "200"', '"status" is a number, compared to a text', undefined],
    ['status < 1s', '"status" is a number, compared to a duration', undefined],
    ['latency < 1', '"latency" is a duration, compared to a number', undefined],
    ['latency', '"latency" is a duration: compare it', undefined],
    ['connected > 3', '"connected" is a flag, compared to a number', undefined],
    ['status == ', 'expected', undefined],
    ['', 'expected a condition', undefined],
    ['body > "x"', 'cannot be compared with >', undefined],
    ['status = 200', 'expected', undefined],
    ['latency.p95(5x) < 1s', 'is not known here', undefined],
    [`status == ${'9'.repeat(300)}`, 'expected a condition', undefined],
  ])('%s is refused: %s', (text, message, suggestion) => {
    const parsed = parseCondition(text, types);
    expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining(message) });
    if (!parsed.ok && suggestion) expect(parsed.suggestion).toBe(suggestion);
  });

  test('is data: whatever the text, it parses or not, quickly and without effect', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => {
        const parsed = parseCondition(text, types);
        if (parsed.ok) expect(typeof parsed.condition.holds(observed({}))).toBe('boolean');
        else expect(parsed.message).not.toBe('');
      }),
    );
    for (const text of [
      'constructor',
      '__proto__.x == 1',
      'status == process.exit()',
      `${'a.'.repeat(90)}!`,
      `${'[a]'.repeat(60)}!`,
    ])
      expect(parseCondition(text, types).ok).toBe(false);
  });

  test('shows the value as it was', () => {
    const parsed = parseCondition('latency < 1s', types);
    expect(parsed.ok && parsed.condition.shown(observed({ latency: 1234.56 }))).toBe('1234.6 ms');
    expect(parsed.ok && parsed.condition.shown(observed({}))).toBe('nothing');
  });
});
