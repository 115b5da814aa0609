import { isCommonPassword } from './common-passwords.ts';

export const MOST_CODE_POINTS = 256;

export type RuleRefusal = 'too-short' | 'too-long' | 'control-characters' | 'common' | 'contains-name';

export interface PasswordContext {
  readonly minLength: number;
  /** Names of the person, the organisation and the product that must not be part of it. */
  readonly names: readonly string[];
}

/** What is stored and compared: composed the same way on every keyboard, otherwise untouched. */
export const normalisePassword = (password: string): string => password.normalize('NFC');

/** Undefined when it is fine. No composition rules: length and not being known are what counts (NIST 800-63B). */
export function passwordRefusal(password: string, context: PasswordContext): RuleRefusal | undefined {
  const length = [...password].length;
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(password)) return 'control-characters';
  if (length < context.minLength) return 'too-short';
  if (length > MOST_CODE_POINTS) return 'too-long';
  if (isCommonPassword(password)) return 'common';
  return containsName(password, context.names) ? 'contains-name' : undefined;
}

/** Shorter ones would forbid ordinary words by accident. */
const SHORTEST_NAME = 4;

function containsName(password: string, names: readonly string[]): boolean {
  const compact = letters(password);
  return names
    .flatMap((name) => [letters(name), ...name.split(/[^\p{L}\p{N}]+/u).map(letters)])
    .some((name) => [...name].length >= SHORTEST_NAME && compact.includes(name));
}

const letters = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
