/** Whether two descriptions are probably about the same thing: half of the shorter one's words are shared. */
export function isSimilar(a: string, b: string): boolean {
  const left = wordsOf(a);
  const right = wordsOf(b);
  const [short, long] = left.size < right.size ? [left, right] : [right, left];
  if (short.size === 0) return false;
  const shared = [...short].filter((word) => long.has(word)).length;
  return shared >= 2 && shared * 2 >= short.size;
}

/** Words of three letters and more, folded so that spelling habits do not matter. */
const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('ي', 'ی')
      .replaceAll('ك', 'ک')
      .replaceAll('ё', 'е')
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length >= 3),
  );
