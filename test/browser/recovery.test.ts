import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGS, type Lang } from '../../src/lib/lang.ts';
import { axeViolations, launchBrowser, visit } from '../support/browser.ts';
import { codeIn, openMail as openMailTo } from '../support/outbox.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { screenshot } from '../support/screenshot.ts';

let portal: TestPortal;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startTestPortal(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

const PERSON: Readonly<Record<Lang, string>> = { en: 'alex', fa: 'sara', ar: 'omar', ru: 'anna' };
const PHONE = { viewport: { width: 360, height: 740 } };

const openMail = (page: Page, login: string, isWanted?: (text: string) => boolean): Promise<string> =>
  openMailTo(page, `${login}@example.org`, isWanted);

describe.each(LANGS)('recovery on a phone, in %s', (lang) => {
  const login = PERSON[lang];
  const password = `${lang} lanterns over quiet water`;

  test('a person types the code and sets a new password, at the first try', async () => {
    const { page, context, strangers, complaints } = await visit(browser, portal.baseUrl, PHONE);
    await page.goto(`/${lang}/recovery`);
    expect(await page.locator('html').getAttribute('dir')).toBe(
      lang === 'fa' || lang === 'ar' ? 'rtl' : 'ltr',
    );
    await screenshot(page, `recovery-1-ask-${lang}`);
    expect(await axeViolations(page)).toEqual([]);
    await page.fill('[name=identifier]', login);
    await page.click('main button[type=submit]');
    await page.waitForURL(`**/${lang}/recovery/code`);
    await screenshot(page, `recovery-2-code-${lang}`);
    expect(await axeViolations(page)).toEqual([]);

    const mail = await context.newPage();
    const text = await openMail(mail, login);
    await screenshot(mail, `recovery-3-mail-${lang}`);
    expect(await axeViolations(mail)).toEqual([]);

    await page.fill('[name=code]', 'AAAA-AAAA');
    await page.click('main form:first-of-type button');
    await page.locator('.errors').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.fill('[name=code]', codeIn(text).toLowerCase());
    await page.click('main form:first-of-type button');
    await page.waitForURL(`**/${lang}/recovery/password`);
    await page.fill('[name=password]', 'password1234');
    await page.locator('#password-tools [role=status]', { hasText: /\S/ }).waitFor();
    await screenshot(page, `recovery-4-password-${lang}`);
    expect(await axeViolations(page)).toEqual([]);
    await page.click('main form button[type=submit]');
    await page.locator('.errors').waitFor();
    await page.click('#password-tools button');
    await page.fill('[name=password]', password);
    await page.click('main form button[type=submit]');
    await page.waitForURL(`**/${lang}/recovery/result`);
    expect(await page.locator('.notice.success').count()).toBe(1);
    await screenshot(page, `recovery-5-done-${lang}`);
    expect(await axeViolations(page)).toEqual([]);

    await page.goto(`/${lang}/sign-in`);
    await page.fill('[name=login]', login);
    await page.fill('[name=password]', password);
    await page.click('main form button[type=submit]');
    await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
    expect(strangers).toEqual([]);
    expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
    await context.close();
  });

  test('the whole way works without JavaScript', async () => {
    const { page, context } = await visit(browser, portal.baseUrl, { ...PHONE, javaScriptEnabled: false });
    await page.goto(`/${lang}/recovery`);
    await page.fill('[name=identifier]', `${login}@example.org`);
    await page.click('main button[type=submit]');
    await page.waitForURL(`**/${lang}/recovery/code`);
    const mail = await context.newPage();
    const text = await openMail(mail, login, (each) => codeIn(each) !== '');
    await page.fill('[name=code]', codeIn(text));
    await page.click('main form:first-of-type button');
    await page.waitForURL(`**/${lang}/recovery/password`);
    expect(await page.locator('#password-tools').isVisible()).toBe(false);
    await page.fill('[name=password]', `${password} again`);
    await page.click('main form button[type=submit]');
    await page.waitForURL(`**/${lang}/recovery/result`);
    expect(await page.locator('.notice.success').count()).toBe(1);
    await context.close();
  });

  test('the link opens in another browser, and its secret leaves no trace in addresses', async () => {
    const asking = await visit(browser, portal.baseUrl, PHONE);
    await asking.page.goto(`/${lang}/recovery?purpose=unlock`);
    await asking.page.fill('[name=identifier]', login);
    await asking.page.click('main button[type=submit]');
    await asking.page.waitForURL(`**/${lang}/recovery/code`);
    await openMail(asking.page, login, (text) => codeIn(text) !== '');
    const href = (await asking.page.locator('div.mail a').first().getAttribute('href')) ?? '';
    expect(href).toMatch(new RegExp(`/${lang}/r#[\\w-]{43}$`));

    const { page, context } = await visit(browser, portal.baseUrl, PHONE);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`));
    await page.goto(href);
    await page.waitForFunction(() => location.hash === '');
    expect(await page.locator('#link-typed').isVisible()).toBe(false);
    await screenshot(page, `recovery-6-link-${lang}`);
    expect(await axeViolations(page)).toEqual([]);
    await page.click('#link-form button');
    await page.waitForURL(`**/${lang}/recovery/password`);
    expect(asked.filter((line) => line.includes(href.split('#')[1] ?? '-'))).toEqual([]);
    await page.click('main form button');
    await page.waitForURL(`**/${lang}/recovery/result`);
    expect(await page.locator('.notice.success').count()).toBe(1);
    await Promise.all([context.close(), asking.context.close()]);
  });
});

test('"this was not me" is one press, and double presses and "back" do no harm', async () => {
  const { page, context } = await visit(browser, portal.baseUrl);
  await page.goto('/en/recovery');
  await page.fill('[name=identifier]', 'nina');
  await page.dblclick('main button[type=submit]');
  await page.waitForURL('**/en/recovery/code');
  await openMail(page, 'nina');
  await page.locator('div.mail a').nth(1).click();
  await page.locator('#link-form button').click();
  await page.locator('.notice.success').waitFor();
  await screenshot(page, 'recovery-7-not-me-en');
  expect(await axeViolations(page)).toEqual([]);
  await page.goBack();
  await context.close();
});
