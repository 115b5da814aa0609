import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { AstroHandler } from '../../src/api/pages.ts';
import { translator } from '../../src/i18n/words.ts';
import { directionOf, LANGS } from '../../src/lib/lang.ts';

test.each(LANGS)(
  'a page that breaks says so in words, with search, help and a number, and nothing else (%s)',
  async (lang) => {
    const entry = join(import.meta.dirname, '../../dist/server/entry.mjs');
    const { handler } = (await import(pathToFileURL(entry).href)) as { handler: AstroHandler };
    const organisation = { name: { [lang]: 'X' }, languages: LANGS, defaultLanguage: lang };
    const portal = {
      org: { organisation },
      baseUrl: 'http://portal.example',
      fixesFor: () => [],
      articles: {
        searchFiles: () => undefined,
        categories() {
          throw new Error('the secret inside');
        },
      },
    };
    const t = translator(lang);
    const who = { kind: 'anonymous' };
    const page = {
      lang,
      dir: directionOf(lang),
      theme: 'auto',
      who,
      pathInLang: '/',
      requestId: 'id-1',
      t,
      keep() {},
    };
    const server = createServer((req, res) => void handler(req, res, undefined, { portal, page }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${lang}/`);
    const html = await answer.text();
    server.close();
    expect(answer.status).toBe(500);
    expect(html).toContain(t('site.broken'));
    expect(html).toContain('id-1');
    expect(html).toContain(`action="/${lang}/search"`);
    expect(html).toContain(`href="/${lang}/help"`);
    expect(html).not.toContain('secret');
  },
);
