import { describe, expect, it } from 'vitest';
import { analyserFor } from '../../../src/articles/search/analysis/analyser.ts';
import { wordAt } from '../../../src/articles/search/codec/word-pool.ts';
import { FIRST_TIER_LIMIT, firstAnswerFrom } from '../../../src/articles/search/first-answer.ts';
import { indexTitles, titleWordsMet } from '../../../src/articles/search/title-index.ts';

describe('the index of titles', () => {
  const index = indexTitles(
    'Reset passwords\nPassword rules, password safe\n',
    '\n\notp mfa',
    analyserFor('en'),
  );
  const docsOf = (stem: string) => {
    const id = index.stemIds.get(stem) ?? -1;
    return [...index.docs.subarray(index.docStart[id], index.docStart[id + 1])];
  };

  it('finds the articles of a stem, each once', () => {
    expect(docsOf('password')).toEqual([0, 1]);
    expect(docsOf('reset')).toEqual([0]);
  });

  it('holds keywords behind the title', () => {
    expect(docsOf('otp')).toEqual([2]);
    expect(index.titleEnd[2]).toBe(index.start[2]);
    expect((index.start[3] ?? 0) - (index.start[2] ?? 0)).toBe(2);
  });

  it('keeps words as written beside their stems', () => {
    const words = Array.from({ length: index.words.size }, (_, i) => wordAt(index.words, i));
    expect(words).toEqual(['reset', 'passwords', 'password', 'rules', 'safe', 'otp', 'mfa']);
  });

  it('tells which words of a title share a stem', () => {
    const stem = index.stemIds.get('password') ?? -1;
    expect(titleWordsMet(index, 0, new Set([stem]))).toEqual(['passwords']);
    expect(titleWordsMet(index, 1, new Set([stem]))).toEqual(['password']);
  });
});

describe('the first answer', () => {
  it('comes from the index while its titles are small, else from the server', () => {
    expect(firstAnswerFrom(FIRST_TIER_LIMIT)).toBe('index');
    expect(firstAnswerFrom(FIRST_TIER_LIMIT + 1)).toBe('server');
  });
});
