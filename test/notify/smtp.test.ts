import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PermanentError } from '../../src/jobs/contract.ts';
import { createSmtpChannel } from '../../src/notify/channels/smtp.ts';
import type { Channel, OutgoingMail } from '../../src/notify/kind.ts';
import { freePort } from '../support/free-port.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';

const mail: OutgoingMail = {
  id: '0190aaaa-0000-7000-8000-000000000001',
  to: 'sara@example.org',
  lang: 'fa',
  subject: 'موضوع',
  text: 'متن',
  html: '<p>متن</p>',
  at: 0,
};

let server: MailServer;
let channel: Channel;
beforeEach(async () => {
  server = await startMailServer();
  channel = createSmtpChannel({ url: server.url, from: 'Desk <desk@example.org>', patienceMs: 400 });
});
afterEach(async () => {
  channel.close();
  await server.stop();
});

const failure = async (): Promise<Error> => {
  const failed: unknown = await channel.deliver(mail).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  return failed as Error;
};

describe('the mail server', () => {
  test('that accepts gets exactly one mail, to one address', async () => {
    await channel.deliver(mail);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ subject: 'موضوع', envelopeTo: ['sara@example.org'] });
    expect(server.received[0]?.text?.trim()).toBe('متن');
  });

  test('that sees a repetition sees the same Message-ID', async () => {
    await channel.deliver(mail);
    await channel.deliver(mail);
    const ids = server.received.map((received) => received.messageId);
    expect(ids[0]).toBe('<0190aaaa-0000-7000-8000-000000000001@example.org>');
    expect(ids[1]).toBe(ids[0]);
  });

  test('that refuses the recipient ends it', async () => {
    server.behave({ refuse: 550 });
    const error = await failure();
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toBe('smtp 550');
  });

  test('that is greylisting is tried again later', async () => {
    server.behave({ refuse: 451 });
    const error = await failure();
    expect(error).not.toBeInstanceOf(PermanentError);
    expect(error.message).toBe('smtp 451');
    server.behave({ refuse: undefined });
    await channel.deliver(mail);
    expect(server.received).toHaveLength(1);
  });

  test('that is slow does not hold a worker for ever', async () => {
    server.behave({ delayMs: 2_000 });
    const started = performance.now();
    expect(await failure()).not.toBeInstanceOf(PermanentError);
    expect(performance.now() - started).toBeLessThan(1_900);
  });

  test('that is down is tried again later', async () => {
    const nobody = createSmtpChannel({
      url: `smtp://127.0.0.1:${await freePort()}`,
      from: 'desk@example.org',
    });
    const error: unknown = await nobody.deliver(mail).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(PermanentError);
  });
});
