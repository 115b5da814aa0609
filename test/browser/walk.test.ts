import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directionOf, LANGS, type Lang } from '../../src/lib/lang.ts';
import { launchBrowser, visit } from '../support/browser.ts';
import { codeIn, openMail } from '../support/outbox.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { screenshot } from '../support/screenshot.ts';
import { signIn } from '../support/sign-in.ts';

// The first evening, whole: from a mistyped search to a rated ticket, in every language, with and without scripts.

let portal: TestPortal;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startTestPortal(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

interface Story {
  readonly login: string;
  /** A search for a forgotten password, mistyped the way fingers do. */
  readonly typo: string;
  /** Something that no article, fix or incident is about. */
  readonly problem: string;
  readonly reply: string;
}

const STORIES: Readonly<Record<Lang, Story>> = {
  en: {
    login: 'alex',
    typo: 'forgoten pasword',
    problem: 'The badge reader of the bicycle cellar beeps twice',
    reply: 'I am on my way with a new reader.',
  },
  fa: {
    login: 'sara',
    typo: 'رمز عبر فراموش',
    problem: 'کارت‌خوان انبار دوچرخه دو بار بوق می‌زند',
    reply: 'با یک کارت‌خوان نو در راهم.',
  },
  ar: {
    login: 'omar',
    typo: 'نسيت كلمه المرر',
    problem: 'قارئ البطاقات في قبو الدراجات يصفر مرتين',
    reply: 'أنا في الطريق ومعي قارئ جديد.',
  },
  ru: {
    login: 'anna',
    typo: 'забыл пороль',
    problem: 'Считыватель пропусков в велоподвале пищит дважды',
    reply: 'Уже иду с новым считывателем.',
  },
};

const submit = 'main form button[type=submit], main form button:not([type])';

/** The steps a person takes; the same whether the browser runs scripts or not. */
class Walk {
  readonly page: Page;
  readonly lang: Lang;
  readonly #name: string;
  #step = 0;

  constructor(page: Page, lang: Lang, name: string) {
    this.page = page;
    this.lang = lang;
    this.#name = name;
  }

  async look(what: string): Promise<void> {
    expect(await this.page.locator('html').getAttribute('dir')).toBe(directionOf(this.lang));
    expect(await this.page.locator('html').getAttribute('lang')).toBe(this.lang);
    const overflows = await this.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(overflows, `${what} is wider than the window`).toBe(false);
    await screenshot(
      this.page,
      `walk-${this.#name}-${this.lang}-${String(++this.#step).padStart(2, '0')}-${what}`,
    );
  }

  async search(text: string): Promise<void> {
    await this.page.goto(`/${this.lang}/`);
    await this.look('home');
    const box = this.page.locator('main input[name=q]').first();
    await box.fill(text);
    await box.press('Enter');
    await this.page.waitForURL(`**/${this.lang}/search?*`);
  }

  async resetPassword(login: string, password: string): Promise<void> {
    const { page, lang } = this;
    await page.fill('[name=identifier]', login);
    await page.locator(submit).first().click();
    await page.waitForURL(`**/${lang}/recovery/code`);
    await this.look('code');
    const mail = await page.context().newPage();
    const text = await openMail(mail, `${login}@example.org`, (each) => codeIn(each) !== '');
    await mail.close();
    await page.fill('[name=code]', codeIn(text));
    await page.locator(submit).first().click();
    await page.waitForURL(`**/${lang}/recovery/password`);
    await page.fill('[name=password]', password);
    await page.locator('main form:has([name=password]) button[type=submit]').click();
    await page.waitForURL(`**/${lang}/recovery/result`);
    expect(await page.locator('.notice.success').count()).toBe(1);
    await this.look('password-set');
  }

  async signInWith(login: string, password: string): Promise<void> {
    await this.page.goto(`/${this.lang}/sign-in`);
    await this.page.fill('[name=login]', login);
    await this.page.fill('[name=password]', password);
    await this.page.locator('main form button[type=submit]').click();
    await this.page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
    await this.look('signed-in');
  }

  /** Describes the problem once and goes on until there is a ticket; returns its number. */
  async askForHelp(problem: string): Promise<string> {
    const { page, lang } = this;
    await page.goto(`/${lang}/help`);
    await page.fill('[name=summary]', problem);
    await this.look('help');
    await page.locator('form.help-form button[type=submit]').click();
    await page.waitForURL((url) => url.searchParams.has('request') || url.pathname.includes('/requests/'));
    for (let press = 0; press < 2 && !page.url().includes('/requests/'); press++) {
      await this.look('what-fits');
      await page.locator('button[name=answer][value=still-stuck]').click();
      await page.waitForLoadState();
    }
    await page.waitForURL(`**/${lang}/requests/FL-*`);
    await this.look('request');
    return /FL-\d+/.exec(page.url())?.[0] ?? '';
  }
}

async function agentAnswers(number: string, { problem, reply }: Story, lang: Lang): Promise<void> {
  const { page, context } = await visit(browser, portal.baseUrl, { locale: lang });
  await context.addCookies([{ name: 'lang', value: lang, url: portal.baseUrl }]);
  await signIn(page, portal, 'nina');
  await page.goto('/desk');
  const agent = new Walk(page, lang, 'desk');
  await agent.look('queue');
  await page.locator(`main a[href="/desk/${number}"]`).first().click();
  await page.waitForURL(`**/desk/${number}`);
  const shown = (await page.locator('main').textContent()) ?? '';
  expect(shown).toContain(problem);
  // The trail came along: the mistyped search and the article that did not help.
  expect(shown).toContain(STORIES[lang].typo);
  expect(shown.toLowerCase()).toMatch(/reset-password|password|رمز عبور|كلمة المرور|парол/);
  await agent.look('ticket');
  await page.locator('button[name=action][value=claim]').click();
  await page.locator('button[name=action][value=release]').waitFor();
  const replyForm = page.locator('form:has(input[name=action][value=reply])');
  await replyForm.locator('[name=text]').fill(reply);
  await replyForm.locator('button[type=submit], button:not([type])').last().click();
  await page.waitForURL('**?done=*');
  await page.locator('details:has(input[name=action][value=resolve]) > summary').click();
  const solve = page.locator('form:has(input[name=action][value=resolve])');
  const cause = solve.locator('[name=cause]');
  if (await cause.evaluate((element) => element.tagName === 'SELECT')) await cause.selectOption({ index: 1 });
  else await cause.fill('other');
  await solve.locator('[name=text]').fill(reply);
  await solve.locator('[name=oneOff]').fill('Only this reader');
  await solve.locator('button').last().click();
  await page.waitForURL('**?done=resolve*');
  await agent.look('solved');
  await context.close();
}

describe.each(LANGS)('the first evening in %s', (lang) => {
  const story = STORIES[lang];

  test.each([
    ['with scripts', true],
    ['without JavaScript', false],
  ])('%s: search, article, reset, sign in, ticket, agent, rating', async (name, javaScriptEnabled) => {
    const phone = { viewport: { width: 390, height: 844 }, javaScriptEnabled };
    const { page, context, strangers, complaints } = await visit(browser, portal.baseUrl, phone);
    const walk = new Walk(page, lang, javaScriptEnabled ? 'js' : 'plain');
    const password = `${lang} ${javaScriptEnabled ? 'seven' : 'eight'} lanterns over quiet water`;

    await walk.search(story.typo);
    await walk.look('results');
    const article = page.locator(`main a[href*="/${lang}/articles/accounts/reset-password"]`).first();
    await article.waitFor();
    await article.click();
    await page.waitForURL('**/articles/accounts/reset-password**');
    await walk.look('article');
    await page.locator('button[name=helpful][value=no]').click();
    await page.waitForLoadState();
    await walk.look('did-not-help');

    await page.goto(`/${lang}/articles/accounts/reset-password/`);
    await page.locator('main a[href*="/fixes/reset-password"], main a[href*="/recovery"]').first().click();
    await page.waitForURL((url) => /\/(fixes\/reset-password|recovery)/.test(url.pathname));
    await walk.look('fix');
    if (!(await page.locator('[name=identifier]').count()))
      await page.locator('main a.button, main form button').first().click();
    await walk.resetPassword(story.login, password);
    await walk.signInWith(story.login, password);

    const number = await walk.askForHelp(`${story.problem} (${name})`);
    expect(number).toMatch(/^FL-\d+$/);
    await agentAnswers(number, { ...story, problem: `${story.problem} (${name})` }, lang);

    await page.goto(`/${lang}/requests/${number}`);
    expect(await page.locator('main').textContent()).toContain(story.reply);
    await walk.look('answered');
    const rate = page.locator('form:has(input[name=action][value=rate])');
    await rate
      .locator('label', { has: page.locator('[name=score][value="5"]') })
      .or(rate.locator('label[for$="score-5"]'))
      .first()
      .click();
    await rate.locator('button').last().click();
    await page.waitForURL('**?done=rate*');
    expect(await rate.count()).toBe(0);
    await walk.look('rated');
    expect(strangers).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
