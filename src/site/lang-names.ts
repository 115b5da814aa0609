import type { Lang } from '../lib/lang.ts';

/** Each language in its own words, as a menu shows it. */
export const LANG_NAMES: Readonly<Record<Lang, string>> = {
  en: 'English',
  fa: 'فارسی',
  ar: 'العربية',
  ru: 'Русский',
};
