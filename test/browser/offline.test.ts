import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, visit } from '../support/browser.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let browser: Browser;
beforeAll(async () => {
  portal = await startTestPortal();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

test('what was read can be read and searched without a network; the rest says so', async () => {
  const { page, context, strangers } = await visit(browser, portal.baseUrl, { serviceWorkers: 'allow' });
  await page.goto('/ru/');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, {
    timeout: 30_000,
  });
  // The first start builds the index beside the first answers.
  await until(page, async () => 'ru' in (await (await fetch('/api/v1/search/files')).json()));
  await page.goto('/ru/articles/network/vpn-connect/');
  const trailOf = async () => (await context.cookies()).find(({ name }) => name.includes('trail'))?.value;
  const trail = await trailOf();
  await page.goto('/ru/articles/accounts/reset-password/');
  // A page that came through the worker is still a visit for the server.
  expect(await trailOf()).not.toBe(trail);
  await page.goto('/ru/');
  await until(page, async () =>
    (await (await caches.open('files')).keys()).some(({ url }) => url.includes('/search/ru.1.')),
  );

  await context.setOffline(true);
  await page.goto('/ru/articles/network/vpn-connect/');
  expect(await page.locator('.prose').textContent()).toContain('VPN');
  expect(await page.locator('h1').evaluate((element) => getComputedStyle(element).fontFamily)).toContain(
    'Inter',
  );
  await page.fill('#q', 'впн');
  await page.locator('[role=option][href="/ru/articles/network/vpn-connect/"]').waitFor();
  await page.goto('/ru/articles/printing/add-printer/');
  expect(await page.locator('h1').textContent()).toBe('Нет подключения');

  await context.setOffline(false);
  await page.goto('/ru/articles/printing/add-printer/');
  expect(await page.locator('h1').textContent()).not.toBe('Нет подключения');
  expect(strangers).toEqual([]);
  await context.close();
});

test('nothing of a signed-in person is kept on the device', async () => {
  const { page, context } = await visit(browser, portal.baseUrl, { serviceWorkers: 'allow' });
  await page.goto(await portal.signInLink('nina'));
  await page.click('main button');
  await page.waitForURL((url) => !url.pathname.includes('/sign-in'));
  await page.goto('/en/');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, {
    timeout: 30_000,
  });
  await page.goto('/en/articles/accounts/reset-password/');
  await page.goto('/desk');
  const kept = await page.evaluate(async () => {
    const requests = await (await caches.open('pages')).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  });
  expect(kept).toEqual(['/en/offline']);
  await context.close();
});

/** Until it holds in the page; `waitForFunction` would take the promise itself for a yes. */
async function until(page: Page, check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await page.evaluate(check)) return;
    await page.waitForTimeout(200);
  }
  throw new Error(`not within 30 s: ${check}`);
}
