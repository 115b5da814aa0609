import { dictionary } from '@zxcvbn-ts/language-common';

/** About 49,000 passwords from breaches, most common first. In memory once, from the package: nothing is asked online. */
const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common'].map((word) => word.toLowerCase()));

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiopasdfghjklzxcvbnm',
  'йцукенгшщзхъфывапролджэячсмитьбю',
];
const WALKS = ROWS.flatMap((row) => [row + row + row, [...(row + row + row)].reverse().join('')]);

/** A shorter one inside of something longer is an accident. */
const SHORTEST_WALK = 6;

/**
 * Is it on the list, or the same with decoration: repeated, with digits and signs around, or a walk along
 * the keyboard? Guessing programs try these first, and the list itself holds few as long as we ask for.
 */
export function isCommonPassword(password: string): boolean {
  const folded = password.normalize('NFKC').toLowerCase();
  const compact = folded.replace(/[^\p{L}\p{N}]/gu, '');
  const candidates = [folded, compact].flatMap((text) => [text, unitOf(text)]);
  if (candidates.some((text) => COMMON.has(text))) return true;
  if (unitOf(folded).length <= 4) return true;
  if (compact.length >= SHORTEST_WALK && WALKS.some((walk) => walk.includes(compact))) return true;
  const core = folded.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return core.length === 0 ? false : COMMON.has(core) || COMMON.has(unitOf(core));
}

/** The shortest piece whose repetition is the text: `abcabcabc` → `abc`. */
function unitOf(text: string): string {
  const at = (text + text).indexOf(text, 1);
  return at > 0 && at < text.length ? text.slice(0, at) : text;
}
