import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildSite } from '../../src/cli/build-site.ts';
import { LANGS, type Lang } from '../../src/lib/lang.ts';
import { launchBrowser } from './browser.ts';
import { startTestPortal, type TestPortal } from './portal.ts';
import { signIn } from './sign-in.ts';

// npm run screenshots [-- part-of-a-name…]: the key pages in every language, light and dark, phone and desktop.
const SIZES = {
  phone: { width: 360, height: 780 },
  desktop: { width: 1280, height: 900 },
} as const;

const WORDS: Readonly<
  Record<Lang, { readonly search: string; readonly trouble: string; readonly incident: string }>
> = {
  en: {
    search: 'vpn password',
    trouble: 'The projector in room 4 stays dark',
    incident: 'VPN connections fail',
  },
  fa: { search: 'رمز', trouble: 'پروژکتور اتاق ۴ روشن نمی‌شود', incident: 'اتصال VPN برقرار نمی‌شود' },
  ar: { search: 'كلمة المرور', trouble: 'جهاز العرض في القاعة ٤ لا يعمل', incident: 'تعذّر الاتصال عبر VPN' },
  ru: {
    search: 'пароль',
    trouble: 'Проектор в переговорной 4 не включается',
    incident: 'VPN не подключается',
  },
};

/** Pages for everybody, below the language. */
const OPEN: Readonly<Record<string, string>> = {
  home: '/',
  article: '/articles/accounts/reset-password/',
  'article-tabs': '/articles/network/vpn-connect/',
  category: '/articles/accounts/',
  recovery: '/recovery',
  'fix-form': '/fixes/remind-username',
  help: '/help',
  status: '/status',
  'sign-in': '/sign-in',
  offline: '/offline',
  'not-found': '/articles/no/such-page/',
};

const wanted = process.argv.slice(2);
const folder = join(import.meta.dirname, '../../screenshots');
mkdirSync(folder, { recursive: true });
await buildSite({ force: false });
const portal = await startTestPortal();
const browser = await launchBrowser();
const admin = await signedIn(browser, portal, 'admin');
const incident = await openIncident(admin);
let count = 0;
for (const lang of LANGS) {
  for (const theme of ['light', 'dark'] as const) {
    for (const size of ['phone', 'desktop'] as const) {
      const suffix = `${lang}-${theme}-${size}`;
      const names = [
        ...Object.keys(OPEN),
        'search-open',
        'search',
        'incident',
        'request',
        'desk',
        'ticket',
        'admin',
      ];
      const take = new Set(names.filter((name) => isWanted(`${name}-${suffix}`)));
      if (take.size === 0) continue;
      const context = await browser.newContext({
        baseURL: portal.baseUrl,
        colorScheme: theme,
        viewport: SIZES[size],
      });
      const page = await context.newPage();
      const shoot = async (name: string, path?: string): Promise<void> => {
        if (!take.has(name)) return;
        if (path !== undefined) await page.goto(path, { waitUntil: 'load' });
        await page.screenshot({
          path: join(folder, `${name}-${suffix}.png`),
          fullPage: name !== 'search-open',
        });
        count++;
      };
      for (const [name, path] of Object.entries(OPEN)) await shoot(name, `/${lang}${path}`);
      await shoot('search', `/${lang}/search?q=${encodeURIComponent(WORDS[lang].search)}`);
      if (take.has('search-open')) {
        await page.goto(`/${lang}/`);
        await page.keyboard.type(WORDS[lang].search);
        await page.locator('[role=option].fix, [role=option] small').first().waitFor();
        await page.waitForTimeout(400);
        await shoot('search-open');
      }
      await shoot('incident', `/${lang}/status/incidents/${incident}`);
      if (take.has('request') || take.has('ticket')) {
        const number = await askForHelp(page, lang);
        await shoot('request', `/${lang}/requests/${number}`);
        await shot(admin, `/desk/${number}?lang=${lang}`, { name: 'ticket', theme, size, suffix, take });
      }
      await shot(admin, `/desk?lang=${lang}`, { name: 'desk', theme, size, suffix, take });
      await shot(admin, `/admin?lang=${lang}`, { name: 'admin', theme, size, suffix, take });
      await context.close();
    }
  }
}
await browser.close();
await portal.stop();
console.log(`${count} pictures in ${folder}`);

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
}

interface Shot {
  readonly name: string;
  readonly theme: 'light' | 'dark';
  readonly size: keyof typeof SIZES;
  readonly suffix: string;
  readonly take: ReadonlySet<string>;
}

/** A page behind the sign-in. */
async function shot(page: Page, path: string, { name, theme, size, suffix, take }: Shot): Promise<void> {
  if (!take.has(name)) return;
  await page.setViewportSize(SIZES[size]);
  await page.emulateMedia({ colorScheme: theme });
  await page.goto(path, { waitUntil: 'load' });
  await page.screenshot({ path: join(folder, `${name}-${suffix}.png`), fullPage: true });
  count++;
}

async function signedIn(from: Browser, at: TestPortal, login: string): Promise<Page> {
  const context = await from.newContext({ baseURL: at.baseUrl });
  const page = await context.newPage();
  await signIn(page, at, login);
  return page;
}

async function askForHelp(page: Page, lang: Lang): Promise<string> {
  const summary = WORDS[lang].trouble;
  const answer = await page.request.post('/api/v1/help-requests', {
    data: { summary, lang, assistance: true },
  });
  const { ticket } = (await answer.json()) as { ticket?: { number: string } };
  if (!ticket) throw new Error(`no ticket: ${await answer.text()}`);
  return ticket.number;
}

async function openIncident(page: Page): Promise<string> {
  const title = Object.fromEntries(LANGS.map((lang) => [lang, WORDS[lang].incident]));
  const data = { title, text: title, services: ['vpn'], impact: 'minor' };
  const answer = await page.request.post('/api/v1/incidents', { data });
  const { id } = (await answer.json()) as { id?: string };
  if (!id) throw new Error(`no incident: ${await answer.text()}`);
  return id;
}
