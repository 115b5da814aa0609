/** The languages of the portal. All four are equals; the order is the order in menus. */
export const LANGS = ['en', 'fa', 'ar', 'ru'] as const;

export type Lang = (typeof LANGS)[number];

/** A text that exists in one or more languages, as editors and admins write it in YAML. */
export type LocalText = Readonly<Partial<Record<Lang, string | undefined>>>;

export const isLang = (value: unknown): value is Lang => LANGS.includes(value as Lang);

export const directionOf = (lang: Lang): 'ltr' | 'rtl' => (lang === 'fa' || lang === 'ar' ? 'rtl' : 'ltr');

/** The text in `lang`, else in the first language that has it, else ''. */
export function localText(text: LocalText | string, lang: Lang): string {
  if (typeof text === 'string') return text;
  return text[lang] ?? text.en ?? LANGS.map((other) => text[other]).find((t) => t !== undefined) ?? '';
}
