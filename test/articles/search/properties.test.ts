import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIndex, type IndexDoc } from '../../../src/articles/search/build-index.ts';
import { openReader } from '../../../src/articles/search/reader.ts';
import { LANGS } from '../../../src/lib/lang.ts';
import { manyDocs, SAMPLE, sampleReader } from './sample-docs.ts';

const lang = fc.constantFrom(...LANGS);
const anyText = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
const docs: fc.Arbitrary<IndexDoc[]> = fc
  .array(
    fc.record({
      title: anyText,
      headings: fc.array(anyText, { maxLength: 3 }),
      keywords: fc.array(anyText, { maxLength: 2 }),
      body: anyText,
    }),
    { maxLength: 8 },
  )
  .map((rows) => rows.map((row, i) => ({ ...row, id: `c/${i}` })));

describe('whatever people write and type', () => {
  it('search and suggest never throw', () => {
    const readers = new Map(LANGS.map((each) => [each, sampleReader(each)]));
    fc.assert(
      fc.property(lang, anyText, (each, query) => {
        const reader = readers.get(each);
        expect(Array.isArray(reader?.search(query, 10))).toBe(true);
        reader?.suggest(query);
      }),
      { numRuns: 500 },
    );
  });

  it('any articles can be indexed, opened and searched by their own words', () => {
    fc.assert(
      fc.property(lang, docs, (each, input) => {
        const { t0, t1 } = buildIndex(input, each);
        const reader = openReader(t0);
        reader.addBody(t1);
        expect(reader.size).toBe(input.length);
        for (const { title, body } of input) for (const query of [title, body]) reader.search(query, 5);
      }),
    );
  });

  it('the same bytes give the same answers, however often they are asked', () => {
    const { t0, t1 } = buildIndex(SAMPLE.en, 'en');
    const [server, browser] = [openReader(t0), openReader(t0.slice())];
    server.addBody(t1);
    browser.addBody(t1.slice());
    const words = SAMPLE.en.flatMap(({ title, body }) => `${title} ${body}`.split(' '));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 6 }), (query) => {
        expect(browser.search(query.join(' '), 10)).toEqual(server.search(query.join(' '), 10));
      }),
    );
  });

  it('another article never drives an article out of the first five for its exact title', () => {
    const base = manyDocs(40);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...base), { minLength: 1, maxLength: 4 }),
        fc.nat(39),
        (sources, asked) => {
          const extra = sources.map((source, i) => ({
            ...source,
            id: `extra/${i}`,
            title: `${source.title} ${i}`,
          }));
          const reader = openReader(buildIndex([...base, ...extra], 'en').t0);
          const { id, title } = base[asked] as IndexDoc;
          expect(reader.search(title, 5).map((hit) => hit.id)).toContain(id);
        },
      ),
      { numRuns: 30 },
    );
  });
});
