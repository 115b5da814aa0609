import { Client } from 'ldapts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Directory, DirectoryUnavailable } from '../../src/directory/contract.ts';
import { dnOf, POLICY, type Slapd, startSlapd } from '../support/slapd.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { directoryOn } from './ldap-under-test.ts';

const OLD = 'old lanterns over water';
const NEW = 'green bicycles in autumn';
/** Names of operations as they stand on the wire. */
const SETTING = '1.3.6.1.4.1.4203.1.11.1';

let slapd: Slapd;
let proxy: TcpProxy;
let directory: Directory;
const id = dnOf('mira');

beforeEach(async () => {
  slapd = await startSlapd({ people: [{ login: 'mira', password: OLD }, { login: 'tariq' }] });
  proxy = await startTcpProxy(Number(new URL(slapd.url).port));
  directory = directoryOn({ ...slapd, url: `ldap://127.0.0.1:${proxy.port}` }, { timeoutMs: 400 });
});
afterEach(async () => {
  await proxy.stop();
  await slapd.stop();
});

const bindsWith = async (password: string): Promise<boolean> => {
  const client = new Client({ url: slapd.url, timeout: 4_000 });
  try {
    await client.bind(id, password);
    return true;
  } catch {
    return false;
  } finally {
    await client.unbind();
  }
};

/** Every question answered as "nobody knows", and soon. */
async function expectUnavailable(code: RegExp): Promise<void> {
  const begun = performance.now();
  for (const question of [directory.find('mira'), directory.byId(id)]) {
    const error = await question.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DirectoryUnavailable);
    expect(String(error)).toMatch(code);
  }
  expect(await directory.verifyPassword(id, OLD)).toBe('unavailable');
  expect(await directory.verifyPassword(undefined, OLD)).toBe('unavailable');
  expect(await directory.setPassword(id, NEW)).toMatchObject({ outcome: 'failed' });
  expect(await directory.unlock(id)).toMatchObject({ outcome: 'failed' });
  expect(performance.now() - begun).toBeLessThan(6_000);
}

describe('a directory that', () => {
  test('refuses connections is unavailable, and nothing was asked of it', async () => {
    directory = directoryOn({ ...slapd, url: 'ldap://127.0.0.1:1' }, { timeoutMs: 400 });
    await expectUnavailable(/unreachable/);
  });

  test('hangs is unavailable, and works again when it wakes', async () => {
    expect(await directory.find('mira')).toHaveLength(1);
    slapd.pause();
    await expectUnavailable(/timed-out/);
    slapd.resume();
    expect(await directory.find('mira')).toHaveLength(1);
    expect(await directory.verifyPassword(id, OLD)).toBe('ok');
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
  });

  test('dies and is started again needs no restart of the portal', async () => {
    expect(await directory.find('mira')).toHaveLength(1);
    await slapd.kill();
    await expectUnavailable(/unreachable|connection-lost/);
    await slapd.start();
    expect(await directory.find('mira')).toHaveLength(1);
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'applied' });
  });

  test('ends idle connections is asked again without anybody noticing', async () => {
    for (let i = 0; i < 5; i++) {
      expect(await directory.find('mira')).toHaveLength(1);
      proxy.cut();
    }
  });

  test('talks nonsense is unavailable', async () => {
    proxy.watch((_piece, from) => from !== 'server');
    await expectUnavailable(/timed-out/);
  });
});

describe('a password in flight', () => {
  test('to a directory that hangs: unknown, and it happens afterwards', async () => {
    const before = (await directory.byId(id))?.passwordChangedAt;
    proxy.watch((piece, from) => {
      if (from === 'client' && piece.includes(SETTING)) slapd.pause();
      return true;
    });
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'unknown', code: 'timed-out' });
    slapd.resume();
    proxy.watch(() => true);
    await expect.poll(() => bindsWith(NEW), { timeout: 5_000 }).toBe(true);
    // That is what a reconciliation sees.
    expect((await directory.byId(id))?.passwordChangedAt).not.toBe(before);
  });

  test('to a directory that dies before it hears: unknown, and it did not happen', async () => {
    const before = (await directory.byId(id))?.passwordChangedAt;
    proxy.watch(async (piece, from) => {
      if (from === 'client' && piece.includes(SETTING)) await slapd.kill();
      return true;
    });
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'unknown', code: 'connection-lost' });
    await slapd.start();
    expect(await bindsWith(OLD)).toBe(true);
    expect((await directory.byId(id))?.passwordChangedAt).toBe(before);
  });

  test('to a directory that dies before its answer: unknown, and it did happen', async () => {
    const before = (await directory.byId(id))?.passwordChangedAt;
    let asked = false;
    proxy.watch(async (piece, from) => {
      if (from === 'client' && piece.includes(SETTING)) asked = true;
      if (from === 'client' || !asked) return true;
      await slapd.kill();
      proxy.cut();
      return false;
    });
    expect(await directory.setPassword(id, NEW)).toEqual({ outcome: 'unknown', code: 'connection-lost' });
    proxy.watch(() => true);
    await slapd.start();
    expect(await bindsWith(NEW)).toBe(true);
    expect((await directory.byId(id))?.passwordChangedAt).not.toBe(before);
  });

  test('is never sent twice', async () => {
    let times = 0;
    proxy.watch((piece, from) => {
      if (from === 'client' && piece.includes(SETTING)) times++;
      return from === 'server' || !piece.includes(SETTING);
    });
    expect(await directory.setPassword(id, NEW)).toMatchObject({ outcome: 'unknown' });
    expect(times).toBe(1);
  });

  test.each([
    ['once: asked once more', 1, { outcome: 'applied' }, 2],
    ['twice: given up, and told', 2, { outcome: 'failed', code: 'busy' }, 2],
  ])(
    'refused because somebody else changes the same entry (20), %s',
    async (_name, refusals, expected, asked) => {
      await slapd.write(POLICY, { pwdInHistory: ['0'] });
      let times = 0;
      let left = 0;
      proxy.watch((piece, from) => {
        if (from === 'client' && piece.includes(SETTING)) left = ++times <= refusals ? 1 : 0;
        // An extended response (0x78) whose result (0x0a 0x01) is success becomes one whose result is 20.
        const at = piece.indexOf(Buffer.from([0x0a, 0x01, 0x00]));
        if (from === 'server' && left > 0 && piece[at - 2] === 0x78) {
          piece[at + 2] = 20;
          left = 0;
        }
        return true;
      });
      expect(await directory.setPassword(id, NEW)).toEqual(expected);
      expect(times).toBe(asked);
    },
  );

  test('one person’s does not wait for another’s that hangs', async () => {
    proxy.watch((piece) => !(piece.includes(SETTING) && piece.includes('mira')));
    const hanging = directory.setPassword(id, NEW);
    expect(await directory.setPassword(dnOf('tariq'), NEW)).toEqual({ outcome: 'applied' });
    expect(await hanging).toMatchObject({ outcome: 'unknown' });
  });
});

describe('connections', () => {
  test('all reading shares one', async () => {
    await directory.find('mira');
    const before = proxy.connections();
    await Promise.all(Array.from({ length: 50 }, () => directory.find('mira')));
    expect(proxy.connections()).toBe(before);
  });

  test('a crowd that signs in at once never opens more than 16, and is answered', async () => {
    let most = 0;
    directory = directoryOn({ ...slapd, url: `ldap://127.0.0.1:${proxy.port}` });
    await directory.find('mira');
    const counting = setInterval(() => {
      most = Math.max(most, proxy.open());
    }, 1);
    const answers = await Promise.all(Array.from({ length: 60 }, () => directory.verifyPassword(id, OLD)));
    clearInterval(counting);
    expect(new Set(answers)).toEqual(new Set(['ok']));
    expect(most).toBeGreaterThan(1);
    // And the one for reading.
    expect(most).toBeLessThanOrEqual(17);
  });

  test('a crowd beyond all measure is turned away at once', async () => {
    slapd.pause();
    const answers = Array.from({ length: 400 }, () => directory.verifyPassword(id, OLD));
    expect(await answers.at(-1)).toBe('unavailable');
    slapd.resume();
    await Promise.all(answers);
  });
});
