import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGS, type Lang } from '../../src/lib/lang.ts';
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

const PROBLEM: Readonly<Record<Lang, string>> = {
  en: 'printer does not print',
  fa: 'چاپگر چاپ نمی‌کند',
  ar: 'الطابعة لا تطبع',
  ru: 'принтер не печатает',
};
const send = async (page: Page, selector: string, url: RegExp): Promise<void> => {
  await Promise.all([page.waitForURL(url), page.click(selector)]);
};
const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each(LANGS)('asking for help in %s', (lang) => {
  test('what fits is shown first, one click later the ticket carries the trail, and nothing is wrong with the pages', async () => {
    const { context, page, strangers, complaints } = await visit(browser, portal.baseUrl, {
      viewport: { width: 360, height: 740 },
      colorScheme: lang === 'ar' || lang === 'ru' ? 'dark' : 'light',
    });
    await page.goto(`/${lang}/articles/printing/`);
    await page.goto(`/${lang}/help`);
    expect(await page.getAttribute('html', 'dir')).toBe(lang === 'fa' || lang === 'ar' ? 'rtl' : 'ltr');
    expect(await axeViolations(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await page.locator('.trail li').count()).toBe(1);

    await page.fill('[name=summary]', PROBLEM[lang]);
    await page.waitForSelector('.fits a');
    await page.fill('[name=name]', 'Sam Sample');
    await send(page, '.help-form button', /request=/);
    expect(await axeViolations(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await page.locator('button[value=solved]').count()).toBeGreaterThan(0);

    await send(page, 'button[value=still-stuck]', /requests\/FL-\d+$/);
    expect(await page.textContent('h1')).toContain(PROBLEM[lang]);
    expect(await axeViolations(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    expect([strangers, complaints]).toEqual([[], []]);

    const number = page.url().split('/').at(-1) ?? '';
    const agent = await visit(browser, portal.baseUrl);
    await signIn(agent.page, portal, 'nina');
    await agent.page.goto(`/desk/${number}`);
    expect(await agent.page.locator('aside .trail li').count()).toBeGreaterThan(0);
    await agent.context.close();
    await context.close();
  });

  test('an emergency without JavaScript is one form and P1', async () => {
    const { context, page } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    await page.goto(`/${lang}/`);
    await page.click('header .urgent');
    await page.check('[value=lost-device]');
    await page.fill('[name=summary]', PROBLEM[lang]);
    await page.click('.help-form button');
    expect(page.url()).toMatch(/requests\/FL-\d+$/);
    const agent = await visit(browser, portal.baseUrl);
    await signIn(agent.page, portal, 'nina');
    await agent.page.goto(`/desk/${page.url().split('/').at(-1)}`);
    expect(await agent.page.textContent('.priority')).toBe('P1');
    await agent.context.close();
    await context.close();
  });
});

describe('the help form', () => {
  test('without JavaScript goes straight through, and says what is missing', async () => {
    const { context, page } = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
    await page.goto('/en/help');
    await page.fill('[name=email]', 'not an address');
    await page.click('.help-form button');
    expect(await page.locator('.errors li').count()).toBe(2);
    expect(await page.getAttribute('.errors a >> nth=0', 'href')).toBe('#field-summary');
    expect(await page.inputValue('[name=email]')).toBe('not an address');
    await page.fill('[name=summary]', PROBLEM.en);
    await page.fill('[name=email]', '');
    await page.click('.help-form button');
    expect(page.url()).toMatch(/requests\/FL-\d+$/);
    await context.close();
  });

  test('sent twice is one request; with the same key and other words it is another one', async () => {
    const { context, page } = await visit(browser, portal.baseUrl);
    await page.goto('/en/help');
    const key = await page.inputValue('[name=key]');
    const post = async (summary: string): Promise<string> => {
      const form = { key, summary, shareTrail: 'on' };
      const answer = await page.request.post('/en/help', { form, maxRedirects: 0 });
      return answer.headers().location ?? '';
    };
    const [first, second] = await Promise.all([post('The lamp flickers'), post('The lamp flickers')]);
    expect(first).toMatch(/requests\/FL-\d+$/);
    expect(second).toBe(first);
    expect(await post('The microphone is silent')).not.toBe(first);
    await context.close();
  });

  test('this helped: no ticket, and a way back when it did not', async () => {
    const { context, page } = await visit(browser, portal.baseUrl);
    await page.goto('/en/help');
    await page.fill('[name=summary]', PROBLEM.en);
    await send(page, '.help-form button', /request=/);
    await page.click('button[value=solved]');
    await page.waitForSelector('.notice.success');
    await send(page, 'button[value=still-stuck]', /requests\/FL-\d+$/);
    await context.close();
  });

  test('somebody else with the address of a request sees nothing of it', async () => {
    const { context, page } = await visit(browser, portal.baseUrl);
    await page.goto('/en/help');
    await page.fill('[name=summary]', PROBLEM.en);
    await send(page, '.help-form button', /request=/);
    const stranger = await visit(browser, portal.baseUrl);
    await stranger.page.goto(page.url());
    expect(await stranger.page.textContent('main')).not.toContain('still need help');
    await send(page, 'button[value=still-stuck]', /requests\/FL-\d+$/);
    const answer = await stranger.page.goto(page.url());
    expect(answer?.status()).toBe(404);
    await stranger.context.close();
    await context.close();
  });
});
