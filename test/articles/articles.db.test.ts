import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Articles, createArticles } from '../../src/articles/articles.ts';
import { articleFileRoutes, articleRoutes } from '../../src/articles/routes.ts';
import { openReader } from '../../src/articles/search/reader.ts';
import { AppError } from '../../src/lib/app-error.ts';
import { newId } from '../../src/lib/id.ts';
import { describeProblem } from '../../src/lib/problem.ts';
import { newRouter } from '../../src/lib/router.ts';
import { ANONYMOUS, type Who } from '../../src/lib/who.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { soon, type TestContent, testContent } from './content.ts';

const agent: Who = {
  kind: 'person',
  id: 'n',
  login: 'nina',
  name: 'Nina',
  email: 'nina@example.org',
  lang: 'en',
  roles: ['agent-l1'],
  teams: [],
};
const staff: Who = { ...agent, login: 'alex', roles: ['staff'] };

let database: TestDatabase;
let content: TestContent;
let clock: ManualClock;
let opened: Articles[] = [];

async function open(): Promise<Articles> {
  const articles = await createArticles({
    db: database.db,
    clock,
    log: pino({ level: 'silent' }),
    newId,
    contentDir: content.dir,
    dataDir: join(database.settings.dataDir),
    languages: ['en', 'fa', 'ar', 'ru'],
    defaultLanguage: 'en',
    editUrl: 'https://git.example.org/edit/{path}',
    fixIds: () => ['reset-password'],
    fixTitle: (id, lang) => `${id} in ${lang}`,
    serviceIds: () => [],
  });
  opened.push(articles);
  return articles;
}

const titles = (articles: Articles, who: Who = ANONYMOUS) =>
  articles.list('en', who).map(({ title }) => title);
const found = async (articles: Articles, query: string, who: Who = ANONYMOUS) =>
  (await articles.search('en', query, { limit: 10, who })).results.map(({ id }) => id);

beforeEach(async () => {
  database = await openTestDatabase();
  content = testContent();
  clock = manualClock();
  opened = [];
});
afterEach(async () => {
  for (const articles of opened) await articles.close();
  content.removeAll();
  await database.remove();
});

describe('articles live', () => {
  test('a new, a changed and a removed file are seen and found at once', async () => {
    content.article('en/mail/one', { title: 'Printer jam' });
    const articles = await open();
    await articles.watch();
    await articles.indexed();
    expect(await found(articles, 'printer')).toEqual(['mail/one']);
    const before = articles.version();

    content.article('en/mail/two', { title: 'Scanner dust' });
    await soon('the new article in the list', () => titles(articles).includes('Scanner dust'), 1_000);
    expect(articles.version()).not.toBe(before);
    await soon(
      'the new article in the search',
      async () => (await found(articles, 'scanner')).length === 1,
      2_000,
    );

    content.article('en/mail/one', { title: 'Toner empty' });
    await soon('the change in the list', () => titles(articles).includes('Toner empty'), 1_000);
    await soon('the change in the search', async () => (await found(articles, 'toner')).length === 1, 2_000);
    expect(await found(articles, 'jam')).toEqual([]);

    content.remove('en/mail/two.md');
    await soon('the removal', () => titles(articles).length === 1, 1_000);
    expect(articles.get('en', 'mail/two', ANONYMOUS).kind).toBe('missing');
  });

  test('a broken file keeps its last good version and is told, until it is mended', async () => {
    content.article('en/mail/one', { title: 'Good' });
    const articles = await open();
    await articles.watch();
    content.article('en/mail/one', { title: 'Bad', audience: 'everybody' });
    await soon('the problem', () => articles.problems().length > 0, 1_000);
    expect(titles(articles)).toEqual(['Good']);
    expect(articles.problems().map(describeProblem)[0]).toContain('content/en/mail/one.md:6 audience');

    content.article('en/mail/one', { title: 'Mended' });
    await soon('the mended article', () => titles(articles).includes('Mended'), 1_000);
    expect(articles.problems()).toEqual([]);
  });

  test('a file that was never good is left out, and the others are there', async () => {
    content.article('en/mail/one');
    content.write('en/mail/two.md', 'no front matter');
    content.write('de/mail/one.md', '---\n---\n');
    content.write('en/Mail Box/one.md', '---\n---\n');
    const articles = await open();
    expect(titles(articles)).toEqual(['Title']);
    expect(articles.problems().map(({ code }) => code)).toEqual(
      expect.arrayContaining(['no-front-matter', 'misplaced']),
    );
  });

  test('an article appears at its time of publication without anybody touching it', async () => {
    content.article('en/mail/one', { publishAt: new Date(clock.now() + 200).toISOString() });
    const articles = await open();
    expect(articles.get('en', 'mail/one', ANONYMOUS).kind).toBe('missing');
    clock.advance(201);
    await soon('the search knows it', async () => (await found(articles, 'title')).length === 1);
    expect(articles.get('en', 'mail/one', ANONYMOUS).kind).toBe('found');
  });
});

describe('an article page', () => {
  test('tells of a missing translation and of an original that has changed', async () => {
    content.article('en/mail/one', {}, 'New text.');
    content.article('fa/mail/one', { translationOf: '{lang: en, hash: "000000000000"}' });
    const articles = await open();
    expect(articles.get('ru', 'mail/one', ANONYMOUS)).toMatchObject({
      article: { lang: 'en', isFallback: true, isOutdated: false, langs: ['en', 'fa'] },
    });
    expect(articles.get('fa', 'mail/one', ANONYMOUS)).toMatchObject({
      article: { lang: 'fa', isFallback: false, isOutdated: true, sourceLang: 'en' },
    });
  });

  test('has the names of fixes, related articles, freshness and the address for editors', async () => {
    content.article(
      'en/mail/one',
      { related: '[mail/two, mail/hidden]', reviewBy: '2026-01-01' },
      '::fix{id=reset-password}',
    );
    content.article('en/mail/two', { title: 'Two' });
    content.article('en/mail/hidden', { audience: 'agents' });
    const answer = (await open()).get('en', 'mail/one', ANONYMOUS);
    expect(answer).toMatchObject({
      article: {
        html: expect.stringContaining('>reset-password in en</a>'),
        related: [{ id: 'mail/two', url: '/en/articles/mail/two/' }],
        isStale: true,
        editUrl: 'https://git.example.org/edit/content/en/mail/one.md',
      },
    });
  });

  test('leads from an old address to the new one', async () => {
    content.article('en/mail/one', { aliases: '[uno]' });
    const articles = await open();
    expect(articles.get('fa', 'mail/uno', ANONYMOUS)).toEqual({
      kind: 'moved',
      url: '/fa/articles/mail/one/',
    });
  });
});

describe('what is not public', () => {
  test('is never in the public list, page, search or index file', async () => {
    content.article('en/mail/open', { title: 'Printer for all' });
    content.article('en/mail/staff', { title: 'Printer for colleagues', audience: 'staff' });
    content.article('en/mail/agents', { title: 'Printer for agents', audience: 'agents' }, 'zanzibar');
    content.article('en/mail/draft', { title: 'Printer draft', status: 'draft' });
    const articles = await open();
    await articles.indexed();
    expect(await found(articles, 'printer')).toEqual(['mail/open']);
    expect((await found(articles, 'printer', staff)).sort()).toEqual(['mail/open', 'mail/staff']);
    expect((await found(articles, 'printer', agent)).sort()).toEqual([
      'mail/agents',
      'mail/open',
      'mail/staff',
    ]);
    expect(articles.get('en', 'mail/agents', staff).kind).toBe('missing');
    expect(articles.get('en', 'mail/agents', agent).kind).toBe('found');

    const files = articles.searchFiles('en');
    const [t0, t1] = [files?.t0, files?.t1].map((path) => articles.searchFile(path?.split('/').at(-1) ?? ''));
    const text = Buffer.concat(
      [t0?.plain ?? [], t1?.plain ?? []].map((bytes) => Buffer.from(bytes)),
    ).toString();
    expect(text).toContain('Printer for all');
    expect(text).not.toMatch(/colleagues|agents|draft|zanz/);
  });
});

describe('the index', () => {
  test('is kept on disk: the next start has it without building', async () => {
    content.article('en/mail/one', { title: 'Printer jam' });
    const first = await open();
    await first.indexed();
    const name = first.searchFiles('en')?.t0;
    await first.close();
    const written = filesOf(join(database.settings.dataDir, 'search'));
    const second = await open();
    await second.indexed();
    expect(written.length).toBeGreaterThan(0);
    expect(filesOf(join(database.settings.dataDir, 'search'))).toEqual(written);
    expect(second.searchFiles('en')?.t0).toBe(name);
    expect(await found(second, 'jam')).toEqual(['mail/one']);
  });

  test('is served compressed and for ever, under the hash of its content', async () => {
    content.article('en/mail/one', { title: 'Printer jam' });
    const articles = await open();
    await articles.indexed();
    const routes = newRouter();
    routes.onError((error, c) => c.json({}, error instanceof AppError ? 404 : 500));
    routes.route('/', articleFileRoutes(articles));
    const path = articles.searchFiles('en')?.t0 ?? '';
    const answer = await routes.request(path, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('content-encoding')).toBe('br');
    const reader = openReader(brotliDecompressSync(Buffer.from(await answer.arrayBuffer())));
    expect(reader.search('jam', 5).map(({ id }) => id)).toEqual(['mail/one']);
    const plain = await routes.request(path);
    expect(openReader(new Uint8Array(await plain.arrayBuffer())).size).toBe(1);
    expect((await routes.request('/search/en.0.000000000000.bin')).status).toBe(404);
  });
});

describe('files beside articles', () => {
  test('are served only when an article that the reader may see shows them', async () => {
    content.article('en/mail/one', {}, '![a plug](plug.png)');
    content.article('en/mail/two', { audience: 'agents' }, '[plan](plan.pdf)');
    for (const name of ['plug.png', 'plan.pdf', 'loose.png'])
      writeFileSync(join(content.dir, 'en/mail', name), name);
    const articles = await open();
    await articles.indexed();
    const see = (name: string, who: Who) => articles.attachment('en', 'mail', name, who) !== undefined;
    expect(see('plug.png', ANONYMOUS)).toBe(true);
    expect(see('loose.png', ANONYMOUS)).toBe(false);
    expect(see('plan.pdf', ANONYMOUS)).toBe(false);
    expect(see('plan.pdf', agent)).toBe(true);
  });
});

describe('votes', () => {
  test('are counted per article and language, with the why of a no, once', async () => {
    content.article('en/mail/one');
    const articles = await open();
    const vote = (helpful: boolean, lang: 'en' | 'fa' = 'en') =>
      articles.vote({ lang, id: 'mail/one', helpful, who: ANONYMOUS });
    await vote(true);
    await vote(true, 'fa');
    const { id } = await vote(false);
    expect(await articles.explainVote(id, { reason: 'did-not-work', comment: 'Step 2 is missing.' })).toBe(
      true,
    );
    expect(await articles.explainVote(id, { reason: 'too-hard', comment: null })).toBe(false);
    expect(await articles.votes(0)).toEqual([{ articleId: 'mail/one', lang: 'en', yes: 2, no: 1 }]);
    expect(await articles.comments(0, 10)).toEqual([
      {
        articleId: 'mail/one',
        lang: 'en',
        reason: 'did-not-work',
        comment: 'Step 2 is missing.',
        at: clock.now(),
      },
    ]);
  });

  test('need an article, and their why comes within an hour', async () => {
    content.article('en/mail/one');
    const articles = await open();
    const lost = articles.vote({ lang: 'en', id: 'mail/two', helpful: true, who: ANONYMOUS });
    await expect(lost).rejects.toThrow(AppError);
    const { id } = await articles.vote({ lang: 'en', id: 'mail/one', helpful: false, who: ANONYMOUS });
    clock.advance(3_600_001);
    expect(await articles.explainVote(id, { reason: 'too-hard', comment: null })).toBe(false);
  });

  test('come in by the API', async () => {
    content.article('en/mail/one');
    const articles = await open();
    const app = newRouter();
    app.use('*', async (c, next) => {
      c.set('who', ANONYMOUS);
      await next();
    });
    app.onError((error, c) => c.json({}, error instanceof AppError ? 422 : 500));
    app.route('/', articleRoutes(articles));
    const send = (body: unknown) =>
      app.request('/articles/mail/one/votes', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await send({ lang: 'en', helpful: false, reason: 'too-hard' })).status).toBe(201);
    expect((await send({ lang: 'en', helpful: 'maybe' })).status).toBe(422);
    expect((await send({ lang: 'en', helpful: true, more: 1 })).status).toBe(422);
    expect(await articles.votes(0)).toEqual([{ articleId: 'mail/one', lang: 'en', yes: 0, no: 1 }]);
  });
});

test('readings are counted in batches and say what is read most', async () => {
  content.article('en/mail/one');
  content.article('en/mail/two');
  const articles = await open();
  for (const id of ['mail/one', 'mail/two', 'mail/two', 'mail/not-there']) articles.countRead('en', id);
  await articles.close();
  expect((await open()).mostReadIds()).toEqual(['mail/two', 'mail/one']);
});

/** Name and time of writing of every file below a folder. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`)
    .sort();
}
