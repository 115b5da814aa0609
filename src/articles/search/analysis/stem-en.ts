/** Porter's stemmer (M. F. Porter, "An algorithm for suffix stripping", 1980), as lunr has it. */
const C = '[^aeiou][^aeiouy]*';
const V = '[aeiouy][aeiou]*';
const MEASURE_1 = new RegExp(`^(${C})?${V}${C}`);
const MEASURE_IS_1 = new RegExp(`^(${C})?${V}${C}(${V})?$`);
const MEASURE_2 = new RegExp(`^(${C})?${V}${C}${V}${C}`);
const VOWEL = new RegExp(`^(${C})?[aeiouy]`);
const ENDS_CVC = new RegExp(`^${C}[aeiouy][^aeiouwxy]$`);
const DOUBLED = /([^aeiouylsz])\1$/;

const STEP_2 =
  /^(.+?)(ational|tional|enci|anci|izer|bli|alli|entli|eli|ousli|ization|ation|ator|alism|iveness|fulness|ousness|aliti|iviti|biliti|logi)$/;
const STEP_2_TO: Readonly<Record<string, string>> = {
  ational: 'ate',
  tional: 'tion',
  enci: 'ence',
  anci: 'ance',
  izer: 'ize',
  bli: 'ble',
  alli: 'al',
  entli: 'ent',
  eli: 'e',
  ousli: 'ous',
  ization: 'ize',
  ation: 'ate',
  ator: 'ate',
  alism: 'al',
  iveness: 'ive',
  fulness: 'ful',
  ousness: 'ous',
  aliti: 'al',
  iviti: 'ive',
  biliti: 'ble',
  logi: 'log',
};
const STEP_3 = /^(.+?)(icate|ative|alize|iciti|ical|ful|ness)$/;
const STEP_3_TO: Readonly<Record<string, string>> = {
  icate: 'ic',
  ative: '',
  alize: 'al',
  iciti: 'ic',
  ical: 'ic',
  ful: '',
  ness: '',
};
const STEP_4 = /^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/;
const STEP_4_ION = /^(.+?[st])ion$/;

function plural(word: string): string {
  if (/.(ss|i)es$/.test(word)) return word.slice(0, -2);
  return /.[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

function pastOrGerund(word: string): string {
  const eed = /^(.+?)eed$/.exec(word);
  if (eed) return MEASURE_1.test(eed[1] ?? '') ? word.slice(0, -1) : word;
  const stem = /^(.+?)(ed|ing)$/.exec(word)?.[1];
  if (stem === undefined || !VOWEL.test(stem)) return word;
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (DOUBLED.test(stem)) return stem.slice(0, -1);
  return ENDS_CVC.test(stem) ? `${stem}e` : stem;
}

function replaceSuffix(word: string, pattern: RegExp, to: Readonly<Record<string, string>>): string {
  const [, stem = '', suffix = ''] = pattern.exec(word) ?? [];
  return suffix !== '' && MEASURE_1.test(stem) ? stem + (to[suffix] ?? '') : word;
}

function dropSuffix(word: string): string {
  const stem = (STEP_4.exec(word) ?? STEP_4_ION.exec(word))?.[1];
  return stem !== undefined && MEASURE_2.test(stem) ? stem : word;
}

function dropE(word: string): string {
  const stem = /^(.+?)e$/.exec(word)?.[1];
  if (stem === undefined) return word;
  return MEASURE_2.test(stem) || (MEASURE_IS_1.test(stem) && !ENDS_CVC.test(stem)) ? stem : word;
}

export function stemEn(word: string): string {
  // Words with digits or other scripts are names and codes: nothing to strip.
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  // A first y is a consonant; the capital keeps it out of the vowel classes.
  let stem = word[0] === 'y' ? `Y${word.slice(1)}` : word;
  stem = pastOrGerund(plural(stem));
  if (/.[^aeiou]y$/.test(stem)) stem = `${stem.slice(0, -1)}i`;
  stem = replaceSuffix(stem, STEP_2, STEP_2_TO);
  stem = replaceSuffix(stem, STEP_3, STEP_3_TO);
  stem = dropE(dropSuffix(stem));
  if (/ll$/.test(stem) && MEASURE_2.test(stem)) stem = stem.slice(0, -1);
  return stem.toLowerCase();
}
