import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mqtt } from '../../../src/monitors/kinds/mqtt.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { scriptedServer } from '../../support/servers/bad-servers.ts';
import { type MosquittoServer, startMosquitto } from '../../support/servers/mosquitto.ts';

const auth = { user: 'watch', password: 'opensesame-9' };

describe('a real broker', () => {
  let certificates: Certificates;
  let server: MosquittoServer;
  beforeAll(async () => {
    certificates = makeCertificates();
    server = await startMosquitto(auth, certificates.good);
  });
  afterAll(async () => {
    await server.stop();
    certificates.remove();
  });
  const plain = () => ({ target: `mqtt://127.0.0.1:${server.port}`, auth });

  test('takes the connection', async () => {
    const seen = await runCheck(mqtt, plain());
    expect(seen).toMatchObject({ broken: [], values: { connected: true } });
    expect(seen.failure).toBeUndefined();
  });

  test('passes a long message there and back, under TLS', async () => {
    const publish = JSON.stringify({ state: 'ok', text: 'я'.repeat(3_000) });
    const settings = { target: `mqtts://localhost:${server.tlsPort}`, auth, topic: 'allowed/echo', publish };
    const conditions = ['message.$.state == "ok"', 'tls.valid', 'cert.days > 14'];
    const seen = await runCheck(mqtt, settings, { conditions });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
    expect(seen.values.message).toBe(publish);
  });

  test('a topic that stays silent is a failure when a condition asks for a message, else not', async () => {
    const settings = { ...plain(), topic: 'allowed/silent' };
    expect((await runCheck(mqtt, settings)).failure).toBeUndefined();
    const waited = await runCheck(mqtt, settings, { conditions: ['message == "x"'], timeoutMs: 300 });
    expect(waited.failure).toEqual({ code: 'no-answer' });
  });

  test('a message that may not pass does not come back', async () => {
    const settings = { ...plain(), topic: 'forbidden', publish: 'x' };
    expect((await runCheck(mqtt, settings, { timeoutMs: 300 })).failure).toBeDefined();
  });

  test.each([
    ['a wrong password', { user: 'watch', password: 'wrong-password-1' }],
    ['nobody', undefined],
  ])('%s is a refused login', async (_name, who) => {
    const seen = await runCheck(mqtt, { target: plain().target, ...(who ? { auth: who } : {}) });
    expect(seen.failure).toEqual({ code: 'login-refused', detail: '5' });
    expect(JSON.stringify(seen)).not.toContain('wrong-password-1');
  });
});

/** Plays a broker: CONNACK, then what the test says. */
const broker = (...answers: readonly (readonly number[])[]) => {
  let step = 0;
  return scriptedServer('', () => Buffer.from(answers[step++] ?? []));
};
const CONNACK = [0x20, 2, 0, 0];
const HELLO = [0x30, 5, 0, 1, 0x74, 0x68, 0x69];

describe('brokers of other sorts', () => {
  test('a kept message that comes before the answer to the subscription is not lost', async () => {
    const server = await broker(CONNACK, [...HELLO, 0x90, 3, 0, 1, 0]);
    const settings = { target: `mqtt://127.0.0.1:${server.port}`, topic: 't' };
    const seen = await runCheck(mqtt, settings, { conditions: ['message == "hi"'] });
    await server.stop();
    expect(seen).toMatchObject({ broken: [], values: { message: 'hi' } });
  });

  test.each([
    ['a subscription refused', [CONNACK, [0x90, 3, 0, 1, 0x80]], { code: 'subscription-refused' }],
    ['out of order', [[0x20, 2, 0, 3]], { code: 'wrong-answer', detail: '3' }],
    ['a length of five bytes', [[0x20, 0xff, 0xff, 0xff, 0xff, 1]], { code: 'wrong-protocol' }],
    ['a packet nobody asked for', [CONNACK, [0xd0, 0]], { code: 'wrong-protocol' }],
    ['a message before the greeting', [HELLO], { code: 'wrong-protocol' }],
  ])('%s', async (_name, answers, failure) => {
    const server = await broker(...answers);
    const seen = await runCheck(mqtt, { target: `mqtt://127.0.0.1:${server.port}`, topic: 't' });
    await server.stop();
    expect(seen.failure).toEqual(failure);
  });
});

test.each([
  ['a message without a topic', { publish: 'x' }, ['publish: needs a topic to go to']],
  [
    'a message to many topics',
    { publish: 'x', topic: 'a/#' },
    [expect.stringMatching(/^topic: .*wildcards/)],
  ],
  ['a password over a network', { auth }, [expect.stringMatching(/^auth: .*mqtts/)]],
  ['many topics to listen to', { topic: 'a/+' }, []],
])('settings: %s', (_name, more, mistakes) => {
  expect(mistakesOf(mqtt, { target: 'mqtt://broker.example.org', ...more })).toEqual(mistakes);
});

describeBadTargets({
  kind: mqtt,
  settings: (port, secret) => ({
    target: `mqtt://127.0.0.1:${port}`,
    auth: { user: 'me', password: secret },
    topic: 't',
  }),
  conditions: ['message == "never"'],
  floods: [
    [
      'with one message of 200 MB',
      Buffer.from([...CONNACK, 0x90, 3, 0, 1, 0, 0x30, 0x80, 0x80, 0x80, 0x64]),
      'x',
    ],
    ['with early messages', Buffer.from(CONNACK), Buffer.from(HELLO)],
  ],
});
