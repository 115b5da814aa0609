import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGS } from '../../src/lib/lang.ts';
import { axeViolations, launchBrowser, visit } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

let root: string;
let port: number;
let portal: TestPortal;
let browser: Browser;
let mended: Server | undefined;

/** The sample organisation, but its VPN is watched on a port where nobody listens. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'firstline-status-'));
  port = await freePort();
  mkdirSync(join(root, 'monitors'));
  cpSync(join(REPOSITORY, 'monitors'), join(root, 'monitors'), { recursive: true });
  cpSync(join(REPOSITORY, 'firstline.yaml'), join(root, 'firstline.yaml'));
  symlinkSync(join(REPOSITORY, 'content'), join(root, 'content'));
  writeFileSync(
    join(root, 'monitors/vpn.yaml'),
    `service: { id: vpn, name: { en: VPN, fa: وی‌پی‌ان, ar: الشبكة الخاصة, ru: Удалённая сеть }, group: network }
defaults: { every: 1s, confirm: { fail: 2, recheck: 1s, recover: 2 } }
monitors:
  - { id: vpn-port, kind: tcp, target: "127.0.0.1:${port}" }
`,
  );
  portal = await startTestPortal({ FIRSTLINE_ROOT: root });
  browser = await launchBrowser();
  for (let i = 0; i < 100 && (await openIncidents()).length === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 200));
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  mended?.close();
  rmSync(root, { recursive: true, force: true });
});

async function openIncidents(): Promise<readonly { readonly id: string }[]> {
  const answer = await fetch(`${portal.baseUrl}/api/v1/incidents?open=true`);
  return ((await answer.json()) as { incidents: { id: string }[] }).incidents;
}

describe.each(LANGS)('the status in %s', (lang) => {
  test.each(['light', 'dark'] as const)('is read by everybody (%s)', async (colorScheme) => {
    const { page, context, strangers, complaints } = await visit(browser, portal.baseUrl, {
      colorScheme,
      viewport: { width: 360, height: 740 },
    });
    for (const path of [`/${lang}/status`, `/${lang}/status/incidents/${(await openIncidents())[0]?.id}`]) {
      await page.goto(path);
      expect(await page.locator('h1').textContent()).not.toBe('');
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(await axeViolations(page)).toEqual([]);
    }
    expect(strangers).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('tells without a script what is down, and counts who has it too', async () => {
    const { page, context } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    await page.goto(`/${lang}/status`);
    expect(await page.locator('#vpn .badge.bad').count()).toBe(1);
    expect(await page.locator('#network .badge.good').count()).toBe(1);
    const days = await page.locator('#network svg[role=img]').getAttribute('aria-label');
    expect(days).toMatch(/90|۹۰/);
    await page.locator('article a').first().click();
    await page.waitForURL(`**/${lang}/status/incidents/*`);
    await page.locator('main form button').click();
    await page.waitForURL('**?done=joined');
    expect(await page.locator('main form').count()).toBe(0);
    expect(await page.locator('.notice.success').count()).toBe(1);
    await context.close();
  });

  test('is in the feed', async () => {
    const answer = await fetch(`${portal.baseUrl}/${lang}/status/feed.xml`);
    expect(answer.headers.get('content-type')).toContain('application/atom+xml');
    const feed = await answer.text();
    expect(feed).toContain(`xml:lang="${lang}"`);
    expect(feed.match(/<entry>/g)).toHaveLength(1);
  });
});

test('an incident that does not exist is a page that says so', async () => {
  const answer = await fetch(`${portal.baseUrl}/en/status/incidents/nothing`);
  expect(answer.status).toBe(404);
});

test('the page follows by itself when the service comes back', async () => {
  const { page, context } = await visit(browser, portal.baseUrl);
  await page.goto('/en/status');
  await page.locator('#vpn .badge.bad').waitFor();
  mended = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => mended?.listen(port, '127.0.0.1', resolve));
  await page.locator('#vpn .badge.good').waitFor({ timeout: 30_000 });
  expect(await openIncidents()).toEqual([]);
  await context.close();
});
