import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGS } from '../../src/lib/lang.ts';
import { axeViolations, launchBrowser, visit } from '../support/browser.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { signIn } from '../support/sign-in.ts';

const PAGES = [
  '/admin',
  '/admin/problems',
  '/admin/jobs',
  '/admin/automatic',
  '/admin/audit',
  '/admin/people',
  '/admin/sessions',
  '/admin/configuration',
];

let portal: TestPortal;
let browser: Browser;
beforeAll(async () => {
  portal = await startTestPortal();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await portal.stop();
});

describe('the admin pages', () => {
  test.each(PAGES)('%s asks strangers to sign in and refuses others', async (path) => {
    const stranger = await fetch(portal.baseUrl + path, { redirect: 'manual' });
    expect(stranger.status).toBe(303);
    expect(stranger.headers.get('location')).toBe(`/en/sign-in?next=${encodeURIComponent(path)}`);
    const { context, page } = await visit(browser, portal.baseUrl);
    await signIn(page, portal, 'nina');
    const response = await page.goto(path);
    expect(response?.status()).toBe(403);
    expect(await page.textContent('h1')).toBe('This page is not for your account');
    await context.close();
  });

  test('show an editor the mistakes in files and nothing else', async () => {
    const { context, page } = await visit(browser, portal.baseUrl);
    await signIn(page, portal, 'ivan');
    await page.waitForURL('**/admin/problems');
    expect(await page.locator('.admin-menu a').count()).toBe(1);
    expect((await page.goto('/admin/people'))?.status()).toBe(403);
    await context.close();
  });

  test('let an admin give and take a role, with a row in the audit trail, without JavaScript', async () => {
    const { context, page } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    const link = await portal.signInLink('admin');
    await page.goto(link);
    await page.fill('#field-secret', link.split('#')[1] ?? '');
    await page.click('main button');
    await page.goto('/admin/people');
    await page.fill('#field-login', 'nobody');
    await page.selectOption('#field-role', 'editor');
    await page.click('main form.measure button');
    expect(await page.textContent('.errors')).toContain('The directory has no such person');
    await page.fill('#field-login', 'sara');
    await page.selectOption('#field-role', 'editor');
    await page.click('main form.measure button');
    expect(await page.textContent('main .notice')).toContain('The role has been given');
    await page.click('[aria-label="Take the role “Editor” away from sara"]');
    expect(await page.textContent('main .notice')).toContain('The role has been taken away');
    await page.click('[aria-label="Take the role “Administrator” away from admin"]');
    expect(await page.textContent('.errors')).toContain('last administrator');
    await page.goto('/admin/audit?subject=sara');
    const rows = await page.locator('tbody tr').allTextContents();
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain('access.revoke-role');
    expect(rows[1]).toContain('access.grant-role');
    await page.click('text=Check the seals');
    expect(await page.textContent('main .notice')).toContain('nothing was changed or removed');
    await context.close();
  });

  test('lead on from their menu, each link to a page', async () => {
    const { context, page } = await visit(browser, portal.baseUrl);
    await signIn(page, portal, 'admin');
    await page.goto('/admin');
    const hrefs = await page
      .locator('.admin-menu a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(hrefs.length).toBeGreaterThanOrEqual(PAGES.length);
    for (const href of hrefs) expect((await page.goto(href))?.status(), href).toBe(200);
    await context.close();
  });

  test('never show a secret', async () => {
    const { context, page } = await visit(browser, portal.baseUrl);
    await signIn(page, portal, 'admin');
    await page.goto('/admin/configuration');
    const row = page.locator('tr', { has: page.locator('code', { hasText: /^SECRET$/ }) });
    expect(await row.textContent()).toContain('not set');
    expect(await page.textContent('main')).toContain('organisation.defaultLanguage');
    await context.close();
  });

  for (const lang of LANGS) {
    test(`in ${lang}: axe finds nothing, light and dark, and nothing is wider than a phone`, async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { context, page, strangers, complaints } = await visit(browser, portal.baseUrl, {
          colorScheme,
          viewport: { width: 360, height: 740 },
        });
        await signIn(page, portal, 'admin');
        for (const path of PAGES) {
          await page.goto(`${path}?lang=${lang}`);
          expect(await page.getAttribute('html', 'lang')).toBe(lang);
          expect(await axeViolations(page), `${path} ${colorScheme}`).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(
            360,
          );
          const words = (await page.textContent('body'))?.replace(/access\.[a-z-]+/g, '');
          expect(words, path).not.toMatch(/\b(admin|site)\.[a-z]+[A-Za-z.]*\b/);
        }
        expect([strangers, complaints]).toEqual([[], []]);
        await context.close();
      }
    });
  }
});
