/** A light stemmer for Persian over folded letters: endings of nouns and adjectives, the می of verbs. */
const PLURAL = /(?:هایی?|ها)(?:م|ت|ش|مان|تان|شان)?$/;
const POSSESSIVE = /(?:یمان|یتان|یشان|مان|تان|شان|ترین|تری|تر|یم|یت|یش)$/;
const FINAL = /(?:یی|ی|ان|ات|ه)$/;
const VERB_START = /^(?:نمی|می)(?=..)/;

function cut(word: string, ending: RegExp, keep: number): string {
  const at = ending.exec(word)?.index ?? -1;
  return at >= keep ? word.slice(0, at) : word;
}

export function stemFa(word: string): string {
  if (!/^[\u0600-\u06ff]+$/.test(word)) return word;
  const verb = word.length > 5 ? word.replace(VERB_START, '') : word;
  return cut(cut(cut(verb, PLURAL, 2), POSSESSIVE, 3), FINAL, 3);
}
