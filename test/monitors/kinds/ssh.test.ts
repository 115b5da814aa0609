import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ssh } from '../../../src/monitors/kinds/ssh.ts';
import { describeBadTargets } from '../../support/bad-targets.ts';
import { runCheck } from '../../support/run-check.ts';
import { sayingServer } from '../../support/servers/bad-servers.ts';
import { startDropbear } from '../../support/servers/dropbear.ts';

const at = (port: number) => ({ target: `127.0.0.1:${port}` });

describe('a real SSH server', () => {
  let server: Awaited<ReturnType<typeof startDropbear>>;
  beforeAll(async () => {
    server = await startDropbear();
  });
  afterAll(() => server.stop());

  test('is up and tells its version', async () => {
    const conditions = ['protocol == "2.0"', 'software contains "dropbear"', 'latency < 2s'];
    const seen = await runCheck(ssh, at(server.port), { conditions });
    expect(seen).toMatchObject({ broken: [], values: { connected: true } });
    expect(seen.values.banner).toMatch(/^SSH-2\.0-dropbear/);
  });
});

describe('versions', () => {
  test.each([
    ['2.0 and older', 'SSH-1.99-OpenSSH_3.9\r\n', '2.0', []],
    ['only the old protocol', 'SSH-1.5-Cisco-1.25\n', '1.5', ['protocol == "2.0": 1.5']],
    ['a notice before the version', 'Welcome\r\nBe careful\r\nSSH-2.0-x comment\r\n', '2.0', []],
  ])('%s', async (_name, words, protocol, broken) => {
    const server = await sayingServer(words);
    const seen = await runCheck(ssh, at(server.port));
    await server.stop();
    expect(seen).toMatchObject({ broken, values: { protocol } });
  });

  test('a banner is one printable line', async () => {
    const server = await sayingServer(`SSH-2.0-x \u001b[31mred\u202e ${'y'.repeat(400)}\n`);
    const seen = await runCheck(ssh, at(server.port));
    await server.stop();
    expect(seen.values.banner).toMatch(/^SSH-2\.0-x \[31mred y+…$/);
  });
});

describeBadTargets({
  kind: ssh,
  settings: at,
  floods: [['with notices', '', 'Welcome\r\n']],
});
