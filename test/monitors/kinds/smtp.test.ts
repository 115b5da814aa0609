import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smtp } from '../../../src/monitors/kinds/smtp.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { mistakesOf, runCheck } from '../../support/run-check.ts';
import { sayingServer, scriptedServer } from '../../support/servers/bad-servers.ts';
import { type SmtpServer, startSmtp } from '../../support/servers/smtp.ts';

const auth = { user: 'watch@example.org', password: 'opensesame-9' };
const CERTIFICATE = ['connected', 'tls.valid', 'cert.days > 14'];

describe('a real mail server', () => {
  let certificates: Certificates;
  const servers: SmtpServer[] = [];
  const start = async (...args: Parameters<typeof startSmtp>) => {
    const server = await startSmtp(...args);
    servers.push(server);
    return server.port;
  };
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    certificates.remove();
  });

  test('greets', async () => {
    const port = await start(auth, certificates.good, { name: 'mail.example.org' });
    const conditions = ['connected', 'banner contains "mail.example.org"'];
    const seen = await runCheck(smtp, { target: `smtp://127.0.0.1:${port}` }, { conditions });
    expect(seen).toMatchObject({ broken: [], values: { connected: true } });
  });

  test('takes STARTTLS and a login, and shows its certificate', async () => {
    const port = await start(auth, certificates.good);
    const settings = { target: `smtp://localhost:${port}`, starttls: true, auth };
    const seen = await runCheck(smtp, settings, { conditions: CERTIFICATE });
    expect(seen.failure).toBeUndefined();
    expect(seen).toMatchObject({ broken: [], values: { 'cert.days': 29 } });
  });

  test('takes TLS from the first byte, and the older way to sign in', async () => {
    const port = await start(auth, certificates.good, { secure: true, authMethods: ['LOGIN'] });
    const seen = await runCheck(
      smtp,
      { target: `smtps://127.0.0.1:${port}`, auth },
      { conditions: CERTIFICATE },
    );
    expect(seen.failure).toBeUndefined();
    expect(seen.broken).toEqual([]);
  });

  test('a refused login names the code and nothing that the server said', async () => {
    const port = await start(auth, certificates.good, { secure: true });
    const wrong = { ...auth, password: 'wrong-password-1' };
    const seen = await runCheck(smtp, { target: `smtps://127.0.0.1:${port}`, auth: wrong });
    expect(seen.failure).toEqual({ code: 'login-refused', detail: '535' });
    expect(JSON.stringify(seen)).not.toContain('wrong-password-1');
  });

  test.each([
    ['signed by itself', 'selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another name', 'otherName', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const)('a certificate %s ends it before the password is said', async (_name, which, detail) => {
    let tried = 0;
    const port = await start(auth, certificates[which], {
      secure: true,
      onAuth: (_auth, _session, callback) => {
        tried++;
        callback(null, { user: 'anybody' });
      },
    });
    const settings = { target: `smtps://127.0.0.1:${port}`, auth };
    const refused = await runCheck(smtp, settings);
    expect(refused.failure).toEqual({ code: 'certificate', detail });
    expect(refused.values).toMatchObject({ connected: true, 'tls.valid': false, 'cert.days': 29 });
    expect(tried).toBe(0);
    const accepted = await runCheck(smtp, { ...settings, verifyTls: false }, { conditions: ['tls.valid'] });
    expect(accepted.failure).toBeUndefined();
    expect(accepted.broken).toEqual(['tls.valid: false']);
    expect(tried).toBe(1);
  });

  test('STARTTLS that is not offered is a failure and not a plain login', async () => {
    const port = await start(auth, certificates.good, { disabledCommands: ['STARTTLS'] });
    const seen = await runCheck(smtp, { target: `smtp://127.0.0.1:${port}`, starttls: true, auth });
    expect(seen.failure).toEqual({ code: 'no-starttls' });
  });

  test('a server without logins', async () => {
    const port = await start(auth, certificates.good, { secure: true, disabledCommands: ['AUTH'] });
    const seen = await runCheck(smtp, { target: `smtps://127.0.0.1:${port}`, auth });
    expect(seen.failure).toEqual({ code: 'no-login-method' });
  });
});

describe('answers that are none', () => {
  test.each([
    ['busy', '421 too many connections\r\n', { code: 'wrong-answer', detail: '421' }],
    ['no service', '554-go\r\n554 away\r\n', { code: 'wrong-answer', detail: '554' }],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', { code: 'wrong-protocol' }],
  ])('%s', async (_name, words, failure) => {
    const server = await sayingServer(words);
    const seen = await runCheck(smtp, { target: `smtp://127.0.0.1:${server.port}` });
    await server.stop();
    expect(seen.failure).toEqual(failure);
  });

  test('words sent ahead of TLS are not taken for words under TLS', async () => {
    const server = await scriptedServer('220 mail\r\n', (heard) =>
      heard.toString().startsWith('EHLO') ? '250-mail\r\n250 STARTTLS\r\n' : '220 go\r\n250 injected\r\n',
    );
    const seen = await runCheck(smtp, { target: `smtp://127.0.0.1:${server.port}`, starttls: true });
    await server.stop();
    expect(seen.failure).toEqual({ code: 'wrong-answer', detail: 'data before TLS' });
  });
});

describe('settings', () => {
  test.each([
    ['a password over a network', { target: 'smtp://mail.example.org', auth }, /^auth: .*starttls: true/],
    ['a name in the address', { target: 'smtp://me@mail.example.org' }, /^target: .*without a user name/],
    ['another protocol', { target: 'imap://mail.example.org' }, /^target: expected an address such as smtp:/],
    ['a port that cannot be', { target: 'smtp://mail.example.org:70000' }, /^target: /],
  ])('%s is a mistake', (_name, settings, message) => {
    expect(mistakesOf(smtp, settings)).toEqual([expect.stringMatching(message)]);
  });

  test('an address of the sixth version, the usual port and the own machine are none', () => {
    expect(mistakesOf(smtp, { target: 'smtps://[2001:db8::1]:465', auth })).toEqual([]);
    expect(mistakesOf(smtp, { target: 'smtp://localhost', auth })).toEqual([]);
  });
});

describeBadTargets({
  kind: smtp,
  settings: (port, secret) => ({
    target: `smtp://127.0.0.1:${port}`,
    auth: { user: 'me', password: secret },
  }),
  floods: [['with a greeting that does not end', '', '220-and on\r\n']],
  echoGreeting: '220 hello\r\n250-mail\r\n250 AUTH LOGIN\r\n334 x\r\n334 y\r\n',
});
