import { describe, expect, it } from 'vitest';
import { analyserFor } from '../../../src/articles/search/analysis/analyser.ts';
import { builtInSynonyms } from '../../../src/articles/search/synonyms/built-in.ts';
import { packSynonyms, readSynonyms } from '../../../src/articles/search/synonyms.ts';
import { LANGS } from '../../../src/lib/lang.ts';

const en = analyserFor('en');
const everything = () => true;
const stems = (text: string) => text.split(' ').map(en.stem);

describe('synonyms', () => {
  const packed = packSynonyms(
    [
      ['password', 'passcodes', 'pass phrase'],
      ['disk full', 'no space'],
    ],
    en,
    everything,
  );
  const synonyms = readSynonyms(packed);

  it('travel as stems, one group a line', () => {
    expect(packed).toBe('password;passcod;pass phrase\ndisk full;no space');
  });

  it('of one word are found where the word stands', () => {
    expect(synonyms.find(stems('my passwords expired'))).toEqual([
      { at: 1, length: 1, others: [['passcod'], ['pass', 'phrase']] },
    ]);
  });

  it('of several words are found only when all follow one another', () => {
    expect(synonyms.find(stems('the disk is full'))).toEqual([]);
    expect(synonyms.find(stems('disk full now'))).toEqual([{ at: 0, length: 2, others: [['no', 'space']] }]);
  });

  it('that lead to no article are left out', () => {
    const occurs = (stem: string) => stem === 'password' || stem === 'full';
    expect(
      packSynonyms(
        [
          ['password', 'secret'],
          ['disk full', 'no space'],
          ['cat', 'dog'],
        ],
        en,
        occurs,
      ),
    ).toBe('password;secret');
  });

  it('that are the same word after stemming are one', () => {
    expect(packSynonyms([['print', 'printing', 'prints']], en, everything)).toBe('');
  });

  it('may be none', () => {
    expect(readSynonyms('').find(['x'])).toEqual([]);
  });
});

describe('built-in synonyms', () => {
  for (const lang of LANGS) {
    it(`${lang}: every group says at least two different things`, () => {
      const analyser = analyserFor(lang);
      const useless = builtInSynonyms(lang).filter(
        (group) => packSynonyms([group], analyser, everything) === '',
      );
      // A brand that people write in Latin letters only needs no other spelling in English.
      expect(useless.filter((group) => group.length > 1)).toEqual([]);
    });

    it(`${lang}: holds no separator of the index`, () => {
      expect(
        builtInSynonyms(lang)
          .flat()
          .filter((phrase) => /[;\n,]/.test(phrase)),
      ).toEqual([]);
    });
  }
});
