import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imap } from '../../../src/monitors/kinds/imap.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { sayingServer, scriptedServer } from '../../support/servers/bad-servers.ts';
import { type DovecotServer, startDovecot } from '../../support/servers/dovecot.ts';

const auth = { user: 'watch', password: 'opensesame-9' };

describe('a real mailbox server', () => {
  let certificates: Certificates;
  let server: DovecotServer;
  beforeAll(async () => {
    certificates = makeCertificates();
    server = await startDovecot(auth, certificates.good);
  });
  afterAll(async () => {
    await server.stop();
    certificates.remove();
  });

  test('greets', async () => {
    const conditions = ['connected', 'banner contains "Dovecot"'];
    const seen = await runCheck(imap, { target: `imap://127.0.0.1:${server.port}` }, { conditions });
    expect(seen).toMatchObject({ broken: [], values: { connected: true } });
  });

  test.each([
    ['TLS from the first byte', () => ({ target: `imaps://localhost:${server.tlsPort}`, auth })],
    ['STARTTLS', () => ({ target: `imap://localhost:${server.port}`, starttls: true, auth })],
  ])('takes %s and a login', async (_name, settings) => {
    const conditions = ['tls.valid', 'cert.days > 14', 'cert.days < 31'];
    const seen = await runCheck(imap, settings(), { conditions });
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
  });

  test('a refused login', async () => {
    const wrong = { ...auth, password: 'wrong-password-1' };
    const settings = { target: `imaps://127.0.0.1:${server.tlsPort}`, auth: wrong };
    const seen = await runCheck(imap, settings, { timeoutMs: 8_000 });
    expect(seen.failure).toEqual({ code: 'login-refused', detail: 'NO' });
    expect(JSON.stringify(seen)).not.toContain('wrong-password-1');
  });
});

/** Answers every command by its name; the tag is put in front. */
const answering = (greeting: string, answers: Readonly<Record<string, string>>) =>
  scriptedServer(greeting, (heard) => {
    const [tag = '', command = ''] = heard.toString().trim().split(' ');
    return (answers[command] ?? 'TAG BAD what?\r\n').replaceAll('TAG', tag);
  });

describe('servers of other sorts', () => {
  test('LOGIN where there is nothing better, with quotes kept apart', async () => {
    const server = await answering('* OK hi\r\n', {
      CAPABILITY: '* CAPABILITY IMAP4rev1\r\nTAG OK\r\n',
      LOGIN: 'TAG OK\r\n',
    });
    const settings = { target: `imap://127.0.0.1:${server.port}`, auth: { user: 'a"b', password: 'c\\d' } };
    const seen = await runCheck(imap, settings);
    await server.stop();
    expect(seen.failure).toBeUndefined();
    expect(server.heard()).toContain('LOGIN "a\\"b" "c\\\\d"\r\n');
  });

  test('a secret with a line break cannot become a command', async () => {
    const server = await answering('* OK hi\r\n', { CAPABILITY: '* CAPABILITY IMAP4rev1\r\nTAG OK\r\n' });
    const settings = {
      target: `imap://127.0.0.1:${server.port}`,
      auth: { user: 'a', password: 'b\r\nx DELETE y' },
    };
    const seen = await runCheck(imap, settings);
    await server.stop();
    expect(seen.failure).toEqual({ code: 'no-login-method' });
    expect(server.heard()).not.toContain('DELETE');
  });

  test.each([
    ['no STARTTLS', { starttls: true }, { code: 'no-starttls' }],
    ['no login in the clear', { auth }, { code: 'no-login-method' }],
  ])('%s', async (_name, more, failure) => {
    const server = await answering('* OK hi\r\n', {
      CAPABILITY: '* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK\r\n',
    });
    const seen = await runCheck(imap, { target: `imap://127.0.0.1:${server.port}`, ...more });
    await server.stop();
    expect(seen.failure).toEqual(failure);
  });

  test.each([
    ['too busy', '* BYE later\r\n', { code: 'wrong-answer', detail: 'BYE' }],
    ['another protocol', '220 mail.example.org ESMTP\r\n', { code: 'wrong-protocol' }],
  ])('%s', async (_name, words, failure) => {
    const server = await sayingServer(words);
    const seen = await runCheck(imap, { target: `imap://127.0.0.1:${server.port}` });
    await server.stop();
    expect(seen.failure).toEqual(failure);
  });
});

test('a password over a network needs TLS', () => {
  expect(mistakesOf(imap, { target: 'imap://mail.example.org', auth })).toEqual([
    expect.stringMatching(/^auth: .*starttls: true or imaps/),
  ]);
  expect(mistakesOf(imap, { target: 'imaps://mail.example.org:993', auth })).toEqual([]);
});

describeBadTargets({
  kind: imap,
  settings: (port, secret) => ({
    target: `imap://127.0.0.1:${port}`,
    auth: { user: 'me', password: secret },
  }),
  floods: [['with news', '* OK hi\r\n', '* 1 EXISTS\r\n']],
  echoGreeting: '* OK hi\r\na1 OK\r\n',
});
