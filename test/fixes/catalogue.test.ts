import { expect, test } from 'vitest';
import { createFixCatalogue } from '../../src/fixes/catalogue.ts';
import { LANGS } from '../../src/lib/lang.ts';
import { describeProblem } from '../../src/lib/problem.ts';

const all = ['remind-username', 'reset-password', 'unlock-account'];

test.each(LANGS)('every fix has a title, a line and words to find it by (%s)', (lang) => {
  for (const fix of createFixCatalogue(all).list(lang)) {
    expect(fix.url).toBe(`/${lang}/fixes/${fix.id}`);
    expect(`${fix.title} ${fix.summary}`).not.toContain('fixes.');
    expect(fix.keywords.length).toBeGreaterThan(2);
    expect(fix.keywords.every((word) => word.length > 2 && !word.includes('،'))).toBe(true);
  }
});

test('only what is switched on is offered, in the order of the setting', () => {
  const catalogue = createFixCatalogue(['unlock-account', 'reset-password']);
  expect(catalogue.list('en').map(({ id }) => id)).toEqual(['unlock-account', 'reset-password']);
  expect(catalogue.has('remind-username')).toBe(false);
});

test('a misspelt one is told and left out', () => {
  const catalogue = createFixCatalogue(['reset-pasword']);
  expect(catalogue.ids()).toEqual([]);
  expect(catalogue.problems().map(describeProblem)).toEqual([
    'firstline.yaml:1 fixes.enabled: there is no fix "reset-pasword"; known: reset-password, unlock-account, remind-username. Did you mean "reset-password"?',
  ]);
});
