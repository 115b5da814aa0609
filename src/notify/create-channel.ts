import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { createOutboxChannel } from './channels/outbox.ts';
import { createSmtpChannel } from './channels/smtp.ts';
import type { Channel } from './kind.ts';

export const outboxFolder = (config: Pick<Config, 'dataDir'>): string => join(config.dataDir, 'outbox');

/** The organisation's mail server where one is set; files that `/outbox` shows where none is. */
export function createChannel(config: Pick<Config, 'dataDir' | 'env' | 'org'>): Channel {
  const { from } = config.org.mail;
  return config.env.SMTP_URL
    ? createSmtpChannel({ url: config.env.SMTP_URL, from })
    : createOutboxChannel({ folder: outboxFolder(config), from });
}
