import type { Value } from '../condition.ts';

const STEP = /^(?:\.([^.[\]]+)|\[(\d{1,6})\])/;

/** The value at `$.a.b[0]` of a JSON text; undefined when the text is no JSON or there is nothing of that name. */
export function jsonAt(text: string, path: string): Value {
  if (!path.startsWith('$')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  let rest = path.slice(1);
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (!match || typeof value !== 'object' || value === null) return undefined;
    const key = match[1] ?? match[2] ?? '';
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
    rest = rest.slice(match[0].length);
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Value);
}
