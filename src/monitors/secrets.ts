import { readFileSync } from 'node:fs';

/** Where `${env:NAME}` and `${file:…}` are looked up. */
export type Secrets = Readonly<{
  env(name: string): string | undefined;
  file(path: string): string | undefined;
}>;

export const secretsFrom = (variables: Readonly<Record<string, string | undefined>>): Secrets => ({
  env: (name) => variables[name],
  file(path) {
    try {
      return readFileSync(path, 'utf8').trimEnd();
    } catch {
      return undefined;
    }
  },
});

const PLACE = /\$\{(env|file):([^}]+)\}/g;

export interface Missing {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A copy of plain data with all places filled in, and those that could not be. */
export function fillSecrets<T>(
  data: T,
  secrets: Secrets,
): { readonly value: T; readonly missing: readonly Missing[] } {
  const missing: Missing[] = [];
  const fill = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof value === 'string') return value.includes('${') ? fillText(value, path) : value;
    if (Array.isArray(value)) return value.map((item, i) => fill(item, [...path, i]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]));
  };
  const fillText = (text: string, path: readonly (string | number)[]): string =>
    text.replace(PLACE, (place, from: 'env' | 'file', name: string) => {
      const found = from === 'env' ? secrets.env(name) : secrets.file(name);
      if (found !== undefined) return found;
      const message =
        from === 'env' ? `the environment variable ${name} is not set` : `the file ${name} cannot be read`;
      missing.push({ path, message });
      return place;
    });
  // The shape stays what it was: only texts are replaced by texts.
  return { value: fill(data, []) as T, missing };
}
