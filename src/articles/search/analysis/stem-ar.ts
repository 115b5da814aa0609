/**
 * A light stemmer for Arabic in the manner of light10 (Larkey, Ballesteros, Connell 2007), over folded letters.
 * It takes off the article, joined prepositions and conjunctions, and one of the commonest endings; roots are left
 * alone, because words of one root are too often strangers to each other ("office" and "writer").
 */
const PREFIX = /^(?:[وف]?(?:ال|بال|کال|لل)|و)/;
const ENDING = /(?:ها|هما|هم|هن|کم|نا|ات|ان|ون|ین|یه|ته|تی|ه|ی|ا)$/;
const SHORTEST = 3;

export function stemAr(word: string): string {
  if (!/^[\u0600-\u06ff]+$/.test(word)) return word;
  let stem = word;
  // Twice: a word that begins with the letters of the article often gets a second one ("الالتزام").
  for (let round = 0; round < 2; round++) {
    const rest = stem.replace(PREFIX, '');
    if (rest.length >= SHORTEST) stem = rest;
  }
  const rest = stem.replace(ENDING, '');
  return rest.length >= SHORTEST ? rest : stem;
}
