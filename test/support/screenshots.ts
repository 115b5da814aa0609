import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSite } from '../../src/cli/build-site.ts';
import { LANGS } from '../../src/lib/lang.ts';
import { launchBrowser } from './browser.ts';
import { startTestPortal } from './portal.ts';

// npm run screenshots [-- name…]: the key pages in every language, light and dark, phone and desktop.
const PAGES: Readonly<Record<string, string>> = {
  home: '/',
  article: '/articles/accounts/reset-password/',
  'article-tabs': '/articles/network/vpn-connect/',
  category: '/articles/accounts/',
  search: '/search?q=',
  recovery: '/recovery',
  fix: '/fixes/reset-password',
  help: '/help',
  status: '/status',
  'not-found': '/articles/no/such-page/',
};
const WORDS = { en: 'vpn password', fa: 'رمز وی‌پی‌ان', ar: 'كلمة مرور', ru: 'пароль впн' } as const;
const SIZES = {
  phone: { width: 360, height: 780 },
  desktop: { width: 1280, height: 900 },
} as const;

const wanted = process.argv.slice(2);
const folder = join(import.meta.dirname, '../../screenshots');
mkdirSync(folder, { recursive: true });
await buildSite({ force: false });
const given = process.env.BASE_URL;
const portal = given ? undefined : await startTestPortal();
const baseURL = given ?? portal?.baseUrl ?? '';
const browser = await launchBrowser();
let count = 0;
for (const lang of LANGS) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const context = await browser.newContext({ baseURL, colorScheme, viewport });
      const page = await context.newPage();
      for (const [name, path] of Object.entries(PAGES)) {
        const file = `${name}-${lang}-${colorScheme}-${size}.png`;
        if (wanted.length > 0 && !wanted.some((part) => file.includes(part))) continue;
        const query = name === 'search' ? encodeURIComponent(WORDS[lang]) : '';
        await page.goto(`/${lang}${path}${query}`, { waitUntil: 'networkidle' });
        await page.screenshot({ path: join(folder, file), fullPage: true });
        count++;
      }
      await context.close();
    }
  }
}
await browser.close();
await portal?.stop();
console.log(`${count} pictures in ${folder}`);
