import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directionOf, LANGS, type Lang } from '../../src/lib/lang.ts';
import { axeViolations, launchBrowser, visit } from '../support/browser.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';

/** What people type, with a mistake in it, and the article that they need. */
const TYPED: Readonly<Record<Lang, readonly [query: string, id: string]>> = {
  en: ['forgoten pasword', 'accounts/reset-password'],
  fa: ['رمزم یادم رفته', 'accounts/reset-password'],
  ar: ['نسيت كلمه المرور', 'accounts/reset-password'],
  ru: ['принтир не печатает', 'printing/printer-not-printing'],
};

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

describe.each(LANGS)('a reader (%s)', (lang) => {
  const [query, id] = TYPED[lang];

  test('types with a mistake, walks the list by keyboard and reads the article', async () => {
    const { page, context, strangers, complaints } = await visit(browser, portal.baseUrl);
    await page.goto(`/${lang}/`);
    expect(await page.getAttribute('html', 'dir')).toBe(directionOf(lang));
    const box = page.getByRole('combobox').or(page.getByRole('searchbox'));
    expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);

    await page.keyboard.type(query);
    const link = page.locator(`[role=option][href="/${lang}/articles/${id}/"]`);
    await link.waitFor();
    expect(await box.getAttribute('aria-expanded')).toBe('true');
    // As a person does: down until it is marked, while better answers may still be coming in.
    for (let press = 0; press < 20 && (await link.getAttribute('aria-selected')) !== 'true'; press++)
      await page.keyboard.press('ArrowDown');
    expect(await link.getAttribute('aria-selected')).toBe('true');
    expect(await box.getAttribute('aria-activedescendant')).toBe(await link.getAttribute('id'));
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${lang}/articles/${id}/`);

    expect(await page.locator('h1').textContent()).not.toBe('');
    expect(await page.locator('.prose').textContent()).not.toContain(':::');
    expect(strangers).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('does all of it without a script', async () => {
    const { page, context, strangers } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    await page.goto(`/${lang}/`);
    await page.fill('input[name=q]', query);
    await page.locator('search button').click();
    await page.waitForURL(/\/search\?q=/);
    await page.locator(`.results a[href="/${lang}/articles/${id}/"]`).click();
    await page.locator('.vote button[value=no]').click();
    await page.locator('input[name=reason]').first().check();
    await page.locator('.vote button').click();
    await page.waitForURL(/vote=thanks/);
    expect(await page.locator('.vote').getByRole('status').count()).toBe(1);
    expect(strangers).toEqual([]);
    await context.close();
  });

  test('switches tabs without a script and by arrow keys', async () => {
    const { page, context } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    await page.goto(`/${lang}/articles/network/vpn-connect/`);
    const panels = page.locator('.tabs').first().locator('.panel');
    expect(await panels.evaluateAll((all) => all.map((panel) => panel.checkVisibility()))).toEqual(
      [true].concat(Array.from({ length: (await panels.count()) - 1 }, () => false)),
    );
    await page.locator('.tabs input').first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await panels.nth(1).isVisible()).toBe(true);
    expect(await panels.first().isVisible()).toBe(false);
    await context.close();
  });

  test('finds nothing, and is told what to do', async () => {
    const { page, context } = await visit(browser, portal.baseUrl);
    await page.goto(`/${lang}/search?q=${encodeURIComponent('qqxqq zzyzz')}`);
    expect(await page.locator('.results li').count()).toBe(0);
    expect(await page.locator(`main a[href="/${lang}/help"]`).count()).toBeGreaterThan(0);
    expect(await page.locator('.topics a').count()).toBeGreaterThan(5);
    await context.close();
  });

  test.each(['light', 'dark'] as const)('meets no barrier (%s)', async (colorScheme) => {
    const { page, context, strangers } = await visit(browser, portal.baseUrl, { colorScheme });
    const found: string[] = [];
    for (const path of [
      '/',
      '/articles/accounts/',
      '/articles/accounts/reset-password/',
      '/articles/network/vpn-connect/',
      '/articles/accounts/reset-password/?vote=0',
      '/search',
      `/search?q=${encodeURIComponent(query)}`,
      '/offline',
    ]) {
      await page.goto(`/${lang}${path}`);
      found.push(...(await axeViolations(page)).map((violation) => `${path} ${violation}`));
    }
    expect(found).toEqual([]);
    await page.goto(`/${lang}/no/such/page`);
    expect(await axeViolations(page)).toEqual([]);
    expect(strangers).toEqual([]);
    await context.close();
  });

  test('sees nothing cut off on a phone', async () => {
    const { page, context } = await visit(browser, portal.baseUrl, { viewport: { width: 360, height: 780 } });
    for (const path of [
      '/',
      '/articles/accounts/reset-password/',
      '/articles/network/vpn-connect/',
      '/search?q=vpn',
    ]) {
      await page.goto(`/${lang}${path}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, path).toBeLessThanOrEqual(0);
    }
    await context.close();
  });
});

describe('the search box', () => {
  test('opens, closes and forgets as a combobox does, and axe agrees while it is open', async () => {
    const { page, context } = await visit(browser, portal.baseUrl);
    await page.goto('/en/');
    await page.keyboard.type('vpn');
    const options = page.getByRole('option');
    await options.first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('ArrowUp');
    expect(await options.last().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('listbox').isVisible()).toBe(false);
    expect(await page.inputValue('#q')).toBe('vpn');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/en\/search\?q=vpn/);

    await page.goto('/en/');
    await page.keyboard.press('ArrowDown');
    await options.first().waitFor();
    expect(await options.first().textContent()).toContain('vpn');
    await options.last().click();
    await page.reload();
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('#q[role=combobox]'));
    expect(await options.count()).toBe(0);
    await context.close();
  });

  test('asks the server when the index cannot be used', async () => {
    const { page, context } = await visit(browser, portal.baseUrl);
    await page.route('**/search/*.bin', (route) => route.fulfill({ status: 200, body: 'not an index' }));
    await page.goto('/en/');
    await page.keyboard.type('printer');
    await page.locator('[role=option][href="/en/articles/printing/printer-not-printing/"]').waitFor();
    await context.close();
  });

  test('answers from the index alone when the server is away', async () => {
    const { page, context } = await visit(browser, portal.baseUrl);
    await page.route('**/api/**', (route) => route.abort());
    await page.goto('/en/');
    await page.keyboard.type('printer');
    await page.locator('[role=option][href="/en/articles/printing/printer-not-printing/"]').waitFor();
    await context.close();
  });

  test('needs at most 2 requests before the first answer', async () => {
    const { page, context } = await visit(browser, portal.baseUrl);
    await page.goto('/en/', { waitUntil: 'networkidle' });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.route('**/search/en.1.*', () => undefined);
    await page.route('**/api/**', (route) => route.abort());
    await page.keyboard.type('v');
    await page.getByRole('option').first().waitFor();
    const data = asked.filter((path) => path.startsWith('/search/'));
    expect(data.filter((path) => path.includes('.0.'))).toHaveLength(1);
    await context.close();
  });
});

describe('the look', () => {
  test('turns dark by the switch and stays so, also for what the server sends', async () => {
    const { page, context } = await visit(browser, portal.baseUrl, { colorScheme: 'light' });
    await page.goto('/en/');
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect(await page.getAttribute('html', 'data-theme')).toBe('dark');
    await page.goto('/fa/');
    expect(await page.getAttribute('html', 'data-theme')).toBe('dark');
    await context.close();
  });

  test('remembers the language that was chosen for the bare address', async () => {
    const { page, context } = await visit(browser, portal.baseUrl, { locale: 'en-GB' });
    await page.goto('/');
    await page.waitForURL('**/en/');
    await page.locator('.menu summary').click();
    await page.locator('.menu a[hreflang=ar]').click();
    await page.waitForURL('**/ar/');
    await page.goto('/');
    await page.waitForURL('**/ar/');
    await context.close();
  });

  test.each(LANGS)('does not move while it loads (%s)', async (lang) => {
    const { page, context } = await visit(browser, portal.baseUrl, { viewport: { width: 360, height: 780 } });
    await page.addInitScript(() => {
      const shifts = { value: 0 };
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.value += (entry as unknown as { value: number }).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const path of ['/', '/articles/network/vpn-connect/', '/search?q=vpn']) {
      await page.goto(`/${lang}${path}`, { waitUntil: 'networkidle' });
      const moved = await page.evaluate(
        () => (window as unknown as { shifts: { value: number } }).shifts.value,
      );
      expect(moved, path).toBeLessThan(0.01);
    }
    await context.close();
  });

  test('an article page stays within its budget before search is touched', async () => {
    const bytes = { html: 0, css: 0, js: 0 };
    const { page, context } = await visit(browser, portal.baseUrl);
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const kinds = new Map<string, keyof typeof bytes>();
    session.on('Network.responseReceived', ({ requestId, response }) => {
      const kind = /html/.test(response.mimeType) ? 'html' : /css/.test(response.mimeType) ? 'css' : 'js';
      if (/html|css|javascript/.test(response.mimeType)) kinds.set(requestId, kind);
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const kind = kinds.get(requestId);
      if (kind) bytes[kind] += encodedDataLength;
    });
    // Once to have the page compressed, once to measure.
    for (const _ of [1, 2]) {
      Object.assign(bytes, { html: 0, css: 0, js: 0 });
      await session.send('Network.clearBrowserCache');
      await page.goto('/en/articles/accounts/reset-password/', { waitUntil: 'networkidle' });
    }
    expect(bytes.js).toBeLessThanOrEqual(3_000 + 4 * 700);
    expect(bytes.html + bytes.css + bytes.js).toBeLessThanOrEqual(20_000);
    await context.close();
  });
});
