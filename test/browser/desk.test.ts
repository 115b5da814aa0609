import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGS } from '../../src/lib/lang.ts';
import { axeViolations, launchBrowser, type Visit, visit } from '../support/browser.ts';
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

let count = 0;
async function askedBy(contact: string | undefined, lang = 'en'): Promise<string> {
  const answer = await fetch(`${portal.baseUrl}/api/v1/help-requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      summary: `Coffee machine number ${++count} is offline`,
      lang,
      channel: 'phone',
      contact,
    }),
  });
  const { ticket } = (await answer.json()) as { ticket: { number: string } };
  return ticket.number;
}
async function agent(
  login: string,
  lang?: string,
  options: Parameters<typeof visit>[2] = {},
): Promise<Visit> {
  const given = await visit(browser, portal.baseUrl, options);
  await signIn(given.page, portal, login);
  if (lang) await given.context.addCookies([{ name: 'lang', value: lang, url: portal.baseUrl }]);
  return given;
}
const submit = async (page: Page, selector: string, done: string): Promise<void> => {
  await Promise.all([page.waitForURL(new RegExp(`done=${done}`)), page.click(selector)]);
};
const open = (page: Page, key: string): Promise<void> =>
  page.click(`details:has(form[data-key="${key}"]) > summary`);

/** The newest mail to an address, as its file holds it, and the link in it. */
async function mailLink(to: string, has: string): Promise<string> {
  const { readdirSync, readFileSync } = await import('node:fs');
  for (let attempt = 0; attempt < 50; attempt++) {
    const folder = `${portal.dataDir}/outbox`;
    const files = (() => {
      try {
        return readdirSync(folder).filter((name) => name.endsWith('.eml'));
      } catch {
        return [];
      }
    })();
    for (const name of files.sort().reverse()) {
      const text = readFileSync(`${folder}/${name}`, 'utf8')
        .replace(/=\r?\n/g, '')
        .replaceAll('=3D', '=');
      const link = /http:\/\/localhost[^\s">]*\/requests\/[^\s">]+/.exec(text)?.[0];
      if (text.includes(to) && text.includes(has) && link) return link;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no mail to ${to}`);
}

test('a ticket from the request to the rating: claimed, answered, passed on, solved, rated', async () => {
  const number = await askedBy('kim@example.org');
  const nina = await agent('nina');
  await nina.page.goto('/desk?tier=L1');
  await nina.page.click(`a.open-ticket[href$="${number}"]`);
  await submit(nina.page, 'button[value=claim]', 'claim');
  await nina.page.fill('#field-reply-text', 'Which room is it in?');
  await nina.page.selectOption('#field-reply-waitFor', 'requester');
  await submit(nina.page, '[data-key=r] button', 'reply');
  expect(await nina.page.textContent('live-part')).toContain('Which room is it in?');

  const kim = await visit(browser, portal.baseUrl, { javaScriptEnabled: false });
  await kim.page.goto(await mailLink('kim@example.org', 'new reply'));
  expect(kim.page.url()).toBe(`${portal.baseUrl}/en/requests/${number}`);
  expect(await kim.page.textContent('main')).toContain('Which room is it in?');
  await kim.page.fill('[name=text]', 'Room 12, <b>second</b> floor');
  await kim.page.click('form:has([value=reply]) button');
  expect(await kim.page.textContent('.conversation')).toContain('Room 12, <b>second</b> floor');

  await nina.page.goto(`/desk/${number}`);
  await open(nina.page, 'n');
  await nina.page.fill('#field-note-text', 'probably the cable');
  await submit(nina.page, 'form[data-key=n] button', 'note');
  await open(nina.page, 'e');
  await nina.page.click('form[data-key=e] button');
  await nina.page.waitForSelector('.errors');
  expect(await nina.page.locator('.errors li').count()).toBe(3);
  for (const name of ['tried', 'findings', 'need']) {
    await nina.page.fill(`#field-escalate-${name}`, `what about ${name}`);
  }
  await submit(nina.page, 'form[data-key=e] button', 'escalate');

  const reza = await agent('reza', 'en');
  await reza.page.goto('/desk?tier=L2&assignee=none');
  await reza.page.click(`a.open-ticket[href$="${number}"]`);
  expect(await reza.page.textContent('live-part')).toContain('what about findings');
  await submit(reza.page, 'button[value=claim]', 'claim');
  await open(reza.page, 's');
  await reza.page.selectOption('#field-resolve-cause', 'hardware');
  await reza.page.fill('#field-resolve-text', 'The cable was loose.');
  await reza.page.click('form[data-key=s] button');
  await reza.page.waitForSelector('.errors');
  await reza.page.fill('#field-resolve-oneOff', 'one cable only');
  await submit(reza.page, 'form[data-key=s] button', 'resolve');

  await kim.page.reload();
  expect(await kim.page.textContent('main')).toContain('The cable was loose.');
  expect(await kim.page.textContent('main')).not.toContain('probably the cable');
  await kim.page.check('[name=score][value="5"]');
  await kim.page.click('form:has([name=score]) button');
  await reza.page.reload();
  expect(await reza.page.textContent('live-part')).toContain('Very satisfied');
  for (const { context } of [nina, reza, kim]) await context.close();
});

test('a mail link opens one ticket and leaves no key behind; a wrong one says what to do', async () => {
  const number = await askedBy('lee@example.org');
  const link = await mailLink('lee@example.org', number);
  const lee = await visit(browser, portal.baseUrl);
  await lee.page.goto(link);
  expect(lee.page.url()).not.toContain('key');
  expect(await lee.page.textContent('h1')).toContain('Coffee machine');
  const other = await askedBy(undefined);
  expect((await lee.page.goto(`/en/requests/${other}`))?.status()).toBe(404);
  expect((await lee.page.goto(link.replace(number, other)))?.status()).toBe(404);
  expect(await lee.page.textContent('h1')).toContain('no longer opens');
  await lee.context.close();
});

test('two agents: the second one to claim reads the name, a crossing answer asks first', async () => {
  const number = await askedBy(undefined);
  const nina = await agent('nina', 'en');
  const layla = await agent('layla', 'en');
  await nina.page.goto(`/desk/${number}`);
  await layla.page.goto(`/desk/${number}`);
  await submit(nina.page, 'button[value=claim]', 'claim');
  await layla.page.click('button[value=claim]');
  await layla.page.waitForSelector('.errors');
  expect(await layla.page.textContent('.errors')).toContain('Nina');
  await nina.page.fill('#field-reply-text', 'Hello');
  await submit(nina.page, '[data-key=r] button', 'reply');
  await layla.page.goto(`/desk/${number}`);
  await nina.page.fill('#field-reply-text', 'One thing more');
  await submit(nina.page, '[data-key=r] button', 'reply');
  await layla.page.fill('#field-reply-text', 'From me too');
  await layla.page.click('[data-key=r] button');
  await layla.page.waitForSelector('[name=confirm]');
  expect(await layla.page.inputValue('#field-reply-text')).toBe('From me too');
  await layla.page.check('[name=confirm]');
  await submit(layla.page, '[data-key=r] button', 'reply');
  await nina.context.close();
  await layla.context.close();
});

test('what somebody else writes appears by itself, and a draft survives a reload', async () => {
  const number = await askedBy(undefined);
  const nina = await agent('nina', 'en');
  const reza = await agent('reza', 'en');
  await nina.page.goto(`/desk/${number}`);
  await nina.page.fill('#field-reply-text', 'half a sentence');
  await reza.page.goto(`/desk/${number}`);
  await reza.page.fill('#field-reply-text', 'Reza was here');
  await submit(reza.page, '[data-key=r] button', 'reply');
  await nina.page.waitForFunction(() =>
    document.querySelector('live-part')?.textContent?.includes('Reza was here'),
  );
  expect(await nina.page.inputValue('#field-reply-text')).toBe('half a sentence');
  await nina.page.reload();
  expect(await nina.page.inputValue('#field-reply-text')).toBe('half a sentence');
  await nina.context.close();
  await reza.context.close();
});

test('the keyboard: down the queue, open, reply; and it can be switched off', async () => {
  await askedBy(undefined);
  const { page, context } = await agent('nina', 'en');
  await page.goto('/desk');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/desk\/FL-/);
  await page.keyboard.press('r');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('field-reply-text');
  await page.keyboard.type('jkn');
  expect(await page.inputValue('#field-reply-text')).toBe('jkn');
  await page.goto('/desk');
  await page.click('details > summary:has-text("Keyboard")');
  await page.uncheck('.keys-switch input');
  await page.keyboard.press('Tab');
  await page.keyboard.press('j');
  expect(await page.evaluate(() => document.activeElement?.classList.contains('open-ticket'))).toBe(false);
  await context.close();
});

test('who is no agent sees no desk', async () => {
  const number = await askedBy(undefined);
  const anonymous = await visit(browser, portal.baseUrl);
  await anonymous.page.goto(`/desk/${number}`);
  expect(anonymous.page.url()).toContain('/sign-in?next=');
  await anonymous.context.close();
  const alex = await agent('alex', 'en');
  for (const path of ['/desk', `/desk/${number}`]) {
    const answer = await alex.page.goto(path);
    expect(answer?.status()).toBe(403);
    expect(await alex.page.textContent('main')).not.toContain('Coffee');
  }
  expect((await alex.page.goto(`/en/requests/${number}`))?.status()).toBe(404);
  await alex.context.close();
});

describe.each(LANGS)('in %s', (lang) => {
  test.each(['light', 'dark'] as const)(
    'axe finds nothing on the desk, %s, and a phone shows all of it',
    async (colorScheme) => {
      const number = await askedBy(`pat-${lang}-${colorScheme}@example.org`, lang);
      const { page, context, complaints } = await agent('nina', lang, { colorScheme });
      for (const path of ['/desk', `/desk/${number}`, `/${lang}/requests/${number}`, `/${lang}/requests`]) {
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.goto(path);
        expect(await page.getAttribute('html', 'lang')).toBe(lang);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        expect(await axeViolations(page)).toEqual([]);
        await page.setViewportSize({ width: 360, height: 740 });
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect([path, wide]).toEqual([path, 0]);
        expect(await page.textContent('main')).not.toMatch(/\b(tickets|help|site|error)\.[a-z]/);
      }
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
