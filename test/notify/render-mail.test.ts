import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { LANGS } from '../../src/lib/lang.ts';
import { composeMail, isMailAddress } from '../../src/notify/compose-mail.ts';
import type { Message } from '../../src/notify/contract.ts';
import { renderMail } from '../../src/notify/render-mail.ts';

const message = (more: Partial<Message> = {}): Message => ({
  kind: 'test.note',
  key: 'k',
  to: 'alex@example.org',
  lang: 'en',
  subject: 'Subject',
  paragraphs: ['First.', 'Second.'],
  ...more,
});

const composed = (from: Message) =>
  composeMail(
    { ...renderMail(from), id: '0190aaaa-0000-7000-8000-000000000000', to: from.to, lang: from.lang, at: 0 },
    'Desk <desk@example.org>',
  );

describe('a message as mail', () => {
  test.each(LANGS)('is written in the direction of %s', async (lang) => {
    const { html } = renderMail(message({ lang, code: 'ABCD-EFGH' }));
    const dir = lang === 'fa' || lang === 'ar' ? 'rtl' : 'ltr';
    expect(html).toContain(`<html lang="${lang}" dir="${dir}">`);
    expect(html).toContain(`<body dir="${dir}"`);
    expect(html).toMatch(/<p dir="ltr"[^>]*>ABCD-EFGH<\/p>/);
  });

  test('has text and HTML, says that a machine wrote it, and survives the journey in every script', async () => {
    const texts = ['سلام، رمز شما', 'مرحبا بك', 'Здравствуйте', 'Hello – 💧'];
    const raw = await composed(message({ lang: 'fa', subject: texts.join(' '), paragraphs: texts }));
    const mail = await PostalMime.parse(raw);
    expect(mail.subject).toBe(texts.join(' '));
    for (const text of texts) {
      expect(mail.text).toContain(text);
      expect(mail.html).toContain(text);
    }
    const header = (key: string) => mail.headers.find((h) => h.key === key)?.value;
    expect(header('auto-submitted')).toBe('auto-generated');
    expect(header('content-language')).toBe('fa');
  });

  test('keeps a link of 76 characters whole on one line of the text', async () => {
    const url = `https://help.example.org/r#${'x'.repeat(76 - 27)}`;
    expect(url).toHaveLength(76);
    const raw = (await composed(message({ action: { label: 'Open', url } }))).toString('latin1');
    expect((await PostalMime.parse(raw)).text?.split('\n')).toContain(url);
  });

  test('a name cannot add a header, a recipient or a body (CWE-93)', async () => {
    const attack = 'Alex\r\nBcc: evil@example.net\r\n\r\n<script>alert(1)</script>\u2028X: y';
    const raw = await composed(message({ subject: attack, paragraphs: [attack], footer: attack }));
    const mail = await PostalMime.parse(raw);
    expect(mail.bcc ?? []).toEqual([]);
    expect(mail.to?.map((to) => to.address)).toEqual(['alex@example.org']);
    expect(mail.headers.map((h) => h.key)).not.toContain('x');
    expect(mail.html).not.toContain('<script>');
  });

  test('whatever the words are, the headers stay the same', async () => {
    const expected = (await PostalMime.parse(await composed(message()))).headers.map((h) => h.key);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        const mail = await PostalMime.parse(
          await composed(message({ subject: `s${text}`, paragraphs: [text] })),
        );
        expect(mail.headers.map((h) => h.key)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('links lead to http and https only', () => {
    const { html } = renderMail(message({ action: { label: 'x', url: 'javascript:alert(1)' } }));
    expect(html).not.toContain('href="javascript:');
  });

  test.each([
    ['alex@example.org', true],
    ["o'brien+x@sub.example.org", true],
    ['поддержка@пример.рф', true],
    ['alex@example.org, evil@example.net', false],
    ['alex@example.org\r\nBcc: evil@example.net', false],
    ['Alex <alex@example.org>', false],
    ['alex', false],
    ['alex@@example.org', false],
    ['', false],
    [`${'x'.repeat(65)}@example.org`, false],
  ])('address %j is usable: %s', (address, usable) => {
    expect(isMailAddress(address)).toBe(usable);
  });
});
