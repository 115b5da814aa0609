import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGS } from '../../src/lib/lang.ts';
import { axeViolations, launchBrowser, visit } from '../support/browser.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { signIn } from '../support/sign-in.ts';

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

describe('signing in', () => {
  test('with a one-time link: opening it changes nothing, the button signs in, once', async () => {
    const link = await portal.signInLink('nina');
    const { context, page, strangers, complaints } = await visit(browser, portal.baseUrl);
    await page.goto(link);
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#field-secret')?.value !== '');
    expect(page.url()).not.toContain('#');
    await page.goto(`${portal.baseUrl}/en/`);
    await page.goto(link);
    await page.click('main button');
    await page.waitForURL('**/desk#');
    expect(await page.textContent('header')).toContain('Nina Placeholder');
    await context.clearCookies();
    await page.goto(link);
    await page.click('main button');
    expect(await page.textContent('main .notice')).toContain('already been used');
    expect([strangers, complaints.filter((text) => !text.includes('422'))]).toEqual([[], []]);
    await context.close();
  });

  test('with a one-time link without JavaScript: the code is pasted', async () => {
    const link = await portal.signInLink('sara');
    const { context, page } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    await page.goto(link);
    await page.fill('#field-secret', link.split('#')[1] ?? '');
    await page.click('main button');
    await page.waitForURL('**/fa/#');
    await page.goto('/fa/account');
    expect(await page.textContent('main')).toContain('sara@example.org');
    await context.close();
  });

  test('never leads to another site afterwards', async () => {
    const { context, page } = await visit(browser, portal.baseUrl);
    await page.goto('/en/sign-in?next=https%3A%2F%2Fevil.example%2F');
    expect(await page.locator('input[name=next]').count()).toBe(0);
    await page.goto('/en/sign-in?next=%2F%2Fevil.example%2F');
    expect(await page.locator('input[name=next]').count()).toBe(0);
    await page.goto('/en/sign-in?next=%2Fdesk');
    expect(await page.inputValue('input[name=next]')).toBe('/desk');
    await context.close();
  });

  test('with a wrong password says what may be wrong, and keeps the login', async () => {
    const { context, page } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    await page.goto('/en/sign-in');
    await page.click('main button');
    expect(await page.textContent('.errors')).toContain('Enter your login');
    await page.fill('#field-login', 'alex');
    await page.fill('#field-password', 'not the password');
    await page.click('main button');
    expect(await page.textContent('main .notice')).toContain('do not match');
    expect(await page.inputValue('#field-login')).toBe('alex');
    expect(await page.inputValue('#field-password')).toBe('');
    await context.close();
  });

  test('lists the sessions; another one can be ended, and signing out ends this one', async () => {
    const first = await visit(browser, portal.baseUrl);
    const second = await visit(browser, portal.baseUrl);
    await signIn(first.page, portal, 'omar');
    await signIn(second.page, portal, 'omar');
    await first.page.goto('/en/account');
    expect(await first.page.locator('tbody tr').count()).toBe(2);
    await first.page.click('tbody button');
    await first.page.waitForURL('**/account?ended=1');
    expect(await first.page.locator('tbody tr').count()).toBe(1);
    await second.page.goto('/en/account');
    expect(second.page.url()).toContain('/en/sign-in');
    await first.page.click('main form[action$="sign-out"] button');
    await first.page.waitForURL('**/sign-in?notice=signed-out');
    expect(await first.page.textContent('header')).toContain('Sign in');
    await first.page.goto('/en/account');
    expect(first.page.url()).toContain('/en/sign-in?next=');
    await first.context.close();
    await second.context.close();
  });

  for (const lang of LANGS) {
    test(`in ${lang}: axe finds nothing, light and dark, and nothing is wider than a phone`, async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { context, page } = await visit(browser, portal.baseUrl, {
          colorScheme,
          viewport: { width: 360, height: 740 },
        });
        const check = async (path: string) => {
          await page.goto(path);
          expect(await axeViolations(page), `${path} ${colorScheme}`).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(
            360,
          );
          expect(await page.textContent('body'), path).not.toMatch(
            /\b(access|site|admin)\.[a-z]+[A-Za-z.]*\b/,
          );
        };
        await check(`/${lang}/sign-in?next=/desk`);
        await check(`/${lang}/sign-in/link`);
        await signIn(page, portal, 'alex');
        await check(`/${lang}/account`);
        await check(`/${lang}/account/sign-out`);
        await context.close();
      }
    });
  }
});
