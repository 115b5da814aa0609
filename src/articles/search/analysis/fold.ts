/**
 * Folding makes two spellings of the same word the same string: it is the first step of the index build, of
 * the server and of the browser, so a change here changes every index. The result holds only letters and
 * digits, ZWNJ (the Persian half-space, judged later by `words.ts`), single separators and newlines.
 */
export const ZWNJ = '\u200c';

const SPACE = 0x20;
const DROP = 0xffff;
/** From here on (CJK and the private areas) every unit is a letter as it stands: nothing to fold. */
const TABLE_END = 0x2e80;

/** Letters that people type for one another; Arabic forms fold to the Persian ones for both languages. */
const SAME: readonly (readonly [string, string])[] = [
  ['أإآٱٲٳ', 'ا'],
  ['ىيئېۍے', 'ی'],
  ['كڪ', 'ک'],
  ['ةۀۂہەھ', 'ه'],
  ['ؤ', 'و'],
  ['ё', 'е'],
  ['ı', 'i'],
  ['øð', 'o'],
  ['ł', 'l'],
];

/** Inside a word but without meaning for search: harakat and other marks, joiners and bidi marks, tatweel, hamza. */
const INVISIBLE = /[\p{Mn}\p{Me}\p{Cf}ـء]/u;
const LETTER = /[\p{L}\p{N}\p{M}]/u;

function foldUnit(code: number): number {
  const char = String.fromCharCode(code);
  if (char === ZWNJ || char === '\n') return code;
  if (INVISIBLE.test(char)) return DROP;
  if (!LETTER.test(char)) return SPACE;
  if (code >= 0x660 && code <= 0x669) return code - 0x630;
  if (code >= 0x6f0 && code <= 0x6f9) return code - 0x6c0;
  // Latin letters lose their accents; Cyrillic й is a letter of its own and stays whole.
  return code < 0x250 || code >= 0x1e00 ? char.normalize('NFD').charCodeAt(0) : code;
}

let table: Uint16Array | undefined;

function foldTable(): Uint16Array {
  if (table) return table;
  table = new Uint16Array(TABLE_END);
  for (let code = 0; code < TABLE_END; code++) table[code] = foldUnit(code);
  for (const [from, to] of SAME) for (const char of from) table[char.charCodeAt(0)] = to.charCodeAt(0);
  return table;
}

const decoder = new TextDecoder('utf-16le');

/** Newlines survive one to one, so that a text of many lines can be folded in one go. */
export function fold(text: string): string {
  const units = foldTable();
  // Compatibility forms (fullwidth, ligatures, Arabic presentation forms) first, then case, then letters.
  const source = text.normalize('NFKC').toLowerCase();
  const out = new Uint16Array(source.length);
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    const folded = code < TABLE_END ? (units[code] ?? SPACE) : code;
    if (folded !== DROP) out[length++] = folded;
  }
  return decoder.decode(out.subarray(0, length));
}
