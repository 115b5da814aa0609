import { createHmac } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { keyFor } from '../config/key-for.ts';
import { networkOf } from '../lib/network-of.ts';

/** One "me too" per incident and network of somebody we do not know; the address itself is never kept. */
export function anonymousContact(config: Pick<Config, 'secret'>): (ip: string, incident: string) => string {
  const key = keyFor(config.secret, 'incidents.join');
  return (ip, incident) =>
    `anonymous:${createHmac('sha256', key)
      .update(`${incident}\n${networkOf(ip)}`)
      .digest('base64url')
      .slice(0, 22)}`;
}
