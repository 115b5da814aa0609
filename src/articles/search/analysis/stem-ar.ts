/**
 * A light stemmer for Arabic in the manner of light10 (Larkey, Ballesteros, Connell 2007), over folded letters.
 * It takes off the article, joined prepositions and conjunctions, and the commonest endings; roots are left
 * alone, because words of one root are too often strangers to each other ("office" and "writer").
 */
const PREFIX = /^(?:[وف]?(?:ال|بال|کال|لل)|و)(?=..)/;
const SUFFIX = /(?:ها|هما|هم|هن|کم|نا|ات|ان|ون|ین|یه|ته|تی|ه|ی|ا)$/;

export function stemAr(word: string): string {
  if (!/^[\u0600-\u06ff]+$/.test(word)) return word;
  let stem = word;
  const prefix = PREFIX.exec(stem)?.[0] ?? '';
  if (stem.length - prefix.length >= 3) stem = stem.slice(prefix.length);
  for (let round = 0; round < 2; round++) {
    const suffix = SUFFIX.exec(stem)?.[0] ?? '';
    if (suffix === '' || stem.length - suffix.length < 3) break;
    stem = stem.slice(0, -suffix.length);
  }
  return stem;
}
