import type { Lang } from '../../../lib/lang.ts';
import { SYNONYMS_AR } from './ar.ts';
import { BRANDS } from './brands.ts';
import { SYNONYMS_EN } from './en.ts';
import { SYNONYMS_FA } from './fa.ts';
import { SYNONYMS_RU } from './ru.ts';

const TEXT: Readonly<Record<Lang, string>> = {
  en: SYNONYMS_EN,
  fa: SYNONYMS_FA,
  ar: SYNONYMS_AR,
  ru: SYNONYMS_RU,
};

const BRAND_COLUMN: Readonly<Record<Lang, number>> = { en: 0, ru: 1, fa: 2, ar: 3 };

const split = (text: string, by: string): string[] =>
  text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** In each language a brand is known by its Latin name and by the ways people spell it in their own letters. */
function brandGroups(lang: Lang): string[][] {
  return split(BRANDS, '\n').map((line) => {
    const columns = split(line, ';');
    return [...new Set([0, BRAND_COLUMN[lang]])].flatMap((column) => split(columns[column] ?? '', ','));
  });
}

/** Groups that help any organisation; editors add their own in `content/<lang>/synonyms.yaml`. */
export function builtInSynonyms(lang: Lang): string[][] {
  return [...split(TEXT[lang], '\n').map((line) => split(line, ',')), ...brandGroups(lang)];
}
