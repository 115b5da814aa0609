import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../../src/articles/search/codec/bytes.ts';
import { seal, unseal } from '../../../../src/articles/search/codec/envelope.ts';
import { readLines, writeLines } from '../../../../src/articles/search/codec/lines.ts';
import { readPostings, writePostings } from '../../../../src/articles/search/codec/postings.ts';
import {
  findSorted,
  poolOf,
  prefixRange,
  startingWith,
  wordAt,
} from '../../../../src/articles/search/codec/word-pool.ts';
import { DamagedIndexError } from '../../../../src/articles/search/damaged-index-error.ts';

const word = fc.string({
  unit: fc.constantFrom(...'abcر زпа0'.replace(' ', '')),
  minLength: 1,
  maxLength: 12,
});
const sortedWords = fc.uniqueArray(word, { maxLength: 60 }).map((words) => words.sort());

describe('bytes', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffffffff)), fc.string({ unit: 'grapheme' }), (numbers, text) => {
        const out = new ByteWriter();
        for (const number of numbers) out.varint(number);
        out.text(text);
        const input = new ByteReader(out.take());
        expect(numbers.map(() => input.varint())).toEqual(numbers);
        expect(input.text()).toBe(text);
        expect(() => input.byte()).toThrow(RangeError);
      }),
    );
  });
});

describe('word pool', () => {
  it('finds words and prefixes as a plain list does', () => {
    fc.assert(
      fc.property(sortedWords, word, (words, asked) => {
        const pool = poolOf(words);
        expect(words.map((_, i) => wordAt(pool, i))).toEqual(words);
        expect(findSorted(pool, asked)).toBe(words.indexOf(asked));
        const prefixed = words.flatMap((each, i) => (each.startsWith(asked) ? [i] : []));
        const [from, to] = prefixRange(pool, asked);
        expect(Array.from({ length: to - from }, (_, i) => from + i)).toEqual(prefixed);
        expect(startingWith(pool, asked)).toEqual(prefixed);
      }),
    );
  });
});

describe('postings', () => {
  const postings = sortedWords.chain((terms) =>
    fc.tuple(
      ...terms.map((term) =>
        fc.uniqueArray(fc.nat(300), { minLength: 1, maxLength: 20 }).map((numbers) => {
          const docs = numbers.sort((a, b) => a - b);
          return { term, frequency: docs.length + 3, docs, impacts: docs.map((doc) => 1 + (doc % 15)) };
        }),
      ),
    ),
  );

  it('come back as they were', () => {
    fc.assert(
      fc.property(postings, (rows) => {
        const read = readPostings(writePostings(rows));
        expect(read.terms.size).toBe(rows.length);
        rows.forEach((row, i) => {
          const [from, to] = [read.start[i] ?? 0, read.start[i + 1] ?? 0];
          expect(wordAt(read.terms, i)).toBe(row.term);
          expect(read.terms.masks[i]).toBe(poolOf([row.term]).masks[0]);
          expect(read.frequency[i]).toBe(row.frequency);
          expect([...read.docs.subarray(from, to)]).toEqual(row.docs);
          expect([...read.impacts.subarray(from, to)]).toEqual(row.impacts);
        });
      }),
    );
  });
});

describe('lines', () => {
  it('come back as they were', () => {
    const docs = fc.array(fc.array(fc.array(fc.nat(9), { maxLength: 6 }), { maxLength: 4 }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(docs, fc.array(fc.nat(40), { minLength: 10, maxLength: 10 }), (input, counts) => {
        const frequency = Uint32Array.from(counts);
        const read = readLines(writeLines(input, frequency), input.length, frequency);
        const back = input.map((_, doc) => {
          const [first, end] = [read.docStart[doc] ?? 0, read.docStart[doc + 1] ?? 0];
          return Array.from({ length: end - first }, (__, i) => [
            ...read.terms.subarray(read.lineStart[first + i], read.lineStart[first + i + 1]),
          ]);
        });
        expect(back).toEqual(input);
      }),
    );
  });
});

describe('envelope', () => {
  const sealed = seal('fa', 0, 123, new Uint8Array([1, 2, 3]));

  it('opens what it sealed', () => {
    const { lang, tier, build, content } = unseal(sealed, 0);
    expect([lang, tier, build, content.byte()]).toEqual(['fa', 0, 123, 1]);
  });

  it('refuses the other tier', () => {
    expect(() => unseal(sealed, 1)).toThrow(DamagedIndexError);
  });

  it('refuses every single changed byte and every cut', () => {
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice();
      changed[i] = (changed[i] ?? 0) ^ 0x11;
      expect(() => unseal(changed, 0)).toThrow(DamagedIndexError);
      expect(() => unseal(sealed.subarray(0, i), 0)).toThrow(DamagedIndexError);
    }
  });
});
