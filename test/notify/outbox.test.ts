import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/id.ts';
import { createOutboxChannel } from '../../src/notify/channels/outbox.ts';
import type { OutgoingMail } from '../../src/notify/kind.ts';
import { createOutbox, withLinks } from '../../src/notify/outbox.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstline-outbox-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mail = (id: string, subject: string): OutgoingMail => ({
  id,
  to: 'anna@example.org',
  lang: 'ru',
  subject,
  text: 'Откройте http://localhost:4321/ru/r#secret и продолжайте.\n',
  html: '<p>Откройте</p>',
  at: Date.UTC(2026, 10, 22, 9),
});

describe('the outbox of sample mode', () => {
  test('is empty before the first mail', async () => {
    expect(await createOutbox(join(folder, 'not-there')).list()).toEqual([]);
  });

  test('shows mails newest first, each once however often it is delivered', async () => {
    const channel = createOutboxChannel({ folder, from: 'desk@example.org' });
    const [first, second] = [newId(), newId()];
    for (const id of [first, first, second])
      await channel.deliver(mail(id, id === first ? 'Первое' : 'Второе'));
    const outbox = createOutbox(folder);
    expect((await outbox.list()).map((entry) => entry.subject)).toEqual(['Второе', 'Первое']);
    expect(await outbox.read(first)).toMatchObject({
      to: 'anna@example.org',
      from: 'desk@example.org',
      lang: 'ru',
      at: Date.UTC(2026, 10, 22, 9),
    });
    expect((await outbox.read(first))?.text).toContainEqual({
      text: 'http://localhost:4321/ru/r#secret',
      url: 'http://localhost:4321/ru/r#secret',
    });
    expect(readdirSync(folder).every((name) => name.endsWith('.eml'))).toBe(true);
  });

  test('reads nothing but mails of its own folder', async () => {
    writeFileSync(join(folder, '..', 'not-mail.eml'), 'Subject: secret\r\n\r\n');
    for (const id of ['../not-mail', 'nobody', '', '%2e%2e', `${newId()}/../x`]) {
      expect(await createOutbox(folder).read(id), id).toBeUndefined();
    }
    rmSync(join(folder, '..', 'not-mail.eml'));
  });

  test('makes links of http addresses only, and leaves the text complete', () => {
    const text = 'a http://x.example/r#1 b javascript:alert(1) <https://y.example> c';
    const parts = withLinks(text);
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(parts.filter((part) => part.url).map((part) => part.url)).toEqual([
      'http://x.example/r#1',
      'https://y.example',
    ]);
  });
});
