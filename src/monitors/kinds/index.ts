import type { MonitorKind } from '../kind.ts';
import { command } from './command.ts';
import { database } from './database.ts';
import { dns } from './dns.ts';
import { domain } from './domain.ts';
import { file } from './file.ts';
import { grpc } from './grpc.ts';
import { heartbeat } from './heartbeat.ts';
import { host } from './host.ts';
import { http } from './http.ts';
import { imap } from './imap.ts';
import { ldap } from './ldap.ts';
import { mqtt } from './mqtt.ts';
import { ping } from './ping.ts';
import { redis } from './redis.ts';
import { smtp } from './smtp.ts';
import { sql } from './sql.ts';
import { ssh } from './ssh.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';
import { websocket } from './websocket.ts';

/** All kinds of monitors. A new one is a file beside this one and a line here. */
export const MONITOR_KINDS: Readonly<Record<string, MonitorKind>> = {
  command,
  database,
  dns,
  domain,
  file,
  grpc,
  heartbeat,
  host,
  http,
  imap,
  ldap,
  mqtt,
  ping,
  redis,
  smtp,
  sql,
  ssh,
  tcp,
  tls,
  websocket,
};
