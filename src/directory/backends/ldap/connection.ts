import { connect, isIP } from 'node:net';
import { Client } from 'ldapts';
import type { LdapSettings } from './settings.ts';

const CONNECT_MS = 2_000;

export type Connecting = Pick<LdapSettings, 'url' | 'ca' | 'startTls' | 'timeoutMs'>;

/** Connected and, where it has to be, encrypted with a certificate that was checked; nobody is bound yet. */
export async function connected(settings: Connecting): Promise<Client> {
  const { url, ca, startTls, timeoutMs } = settings;
  const { hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const trust = { ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' } as const;
  const client = new Client({
    url,
    timeout: timeoutMs,
    connectTimeout: Math.min(CONNECT_MS, timeoutMs),
    ...(url.startsWith('ldaps:') ? { tlsOptions: trust } : {}),
    // An idle connection must not keep a command from ending; while somebody waits, the time-out does.
    createConnection: ((port: number, to: string) => connect(port, to).unref()) as typeof connect,
  });
  if (!startTls) return client;
  // ldapts has no time-out of its own for this handshake.
  const upgraded = client.startTLS({ ...trust, host, ...(isIP(host) ? {} : { servername: host }) });
  await inTime(upgraded, { ms: timeoutMs, onLate: () => void client.unbind().catch(() => {}) });
  return client;
}

export async function boundAs(settings: Connecting, dn: string, password: string): Promise<Client> {
  const client = await connected(settings);
  try {
    await client.bind(dn, password);
    return client;
  } catch (error) {
    hangUp(client);
    throw error;
  }
}

/** Ends a connection without waiting for anybody. */
export const hangUp = (client: Client): void => void client.unbind().catch(() => {});

async function inTime<T>(work: Promise<T>, { ms, onLate }: { ms: number; onLate: () => void }): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('Operation timed out')), ms);
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    onLate();
    work.catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
