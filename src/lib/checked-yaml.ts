import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { keysAt } from './schema-keys.ts';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface YamlSource {
  /** Name for messages. */
  readonly file: string;
  readonly text: string;
  /** Lines of the real file before `text` begins (front matter after `---`: 1). Default 0. */
  readonly lineOffset?: number;
  /** Changes the data before it is checked (fills in secrets); messages speak of what was written. */
  readonly prepare?: (data: unknown) => unknown;
}

/** YAML text → value of `schema`, or every mistake with file, line, key and the likely intention. */
export function checkedYaml<S extends z.ZodType>(schema: S, source: YamlSource): Checked<z.output<S>> {
  const lines = new LineCounter();
  const offset = source.lineOffset ?? 0;
  // Aliases are bounded by the library (maxAliasCount), so a "billion laughs" file is an error, not a stall.
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((error) => ({
        file: source.file,
        line: lines.linePos(error.pos[0]).line + offset,
        key: '',
        code: 'syntax',
        message: `not valid YAML: ${firstSentence(error.message)}`,
      })),
    };
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch {
    const problem = {
      file: source.file,
      line: 1 + offset,
      key: '',
      code: 'syntax',
      message: 'too many YAML aliases',
    };
    return { ok: false, problems: [problem] };
  }
  const parsed = schema.safeParse(source.prepare ? source.prepare(data) : data);
  if (parsed.success) return { ok: true, value: parsed.data };
  const lineOf = (path: readonly PropertyKey[], ofKey: boolean) =>
    lineAt(document, lines, path, ofKey) + offset;
  const problems = parsed.error.issues.flatMap((issue) =>
    toProblems(issue, schema, data, source.file, lineOf),
  );
  return { ok: false, problems };
}

type LineOf = (path: readonly PropertyKey[], ofKey: boolean) => number;

function toProblems(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  data: unknown,
  file: string,
  lineOf: LineOf,
): Problem[] {
  const path = issue.path;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, data, path);
    return issue.keys.map((key) => {
      const suggestion = nearest(key, known);
      return {
        file,
        line: lineOf([...path, key], true),
        key: keyText([...path, key]),
        code: 'unknown-key',
        message: suggestion ? 'unknown key' : `unknown key; known here: ${known.join(', ') || 'none'}`,
        ...(suggestion === undefined ? {} : { suggestion }),
      };
    });
  }
  const value = valueAt(data, path);
  const base = { file, line: lineOf(path, value === undefined), key: keyText(path) };
  if (value === undefined && issue.code !== 'custom') {
    return [{ ...base, code: 'missing-key', message: `missing key; ${plain(issue.message)}` }];
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return [wrongKind(issue, schema, data, base, lineOf)];
  }
  if (issue.code === 'invalid_union') return unionProblems(issue, schema, data, file, lineOf, base);
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const suggestion = nearest(String(value), values);
    const message = `"${String(value)}" is not one of ${values.join(', ')}`;
    return [{ ...base, code: 'wrong-value', message, ...(suggestion === undefined ? {} : { suggestion }) }];
  }
  return [
    {
      ...base,
      code: issue.code === 'invalid_type' ? 'wrong-type' : 'wrong-value',
      message: plain(issue.message),
    },
  ];
}

type Base = Pick<Problem, 'file' | 'line' | 'key'>;

function wrongKind(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.ZodType,
  data: unknown,
  base: Base,
  lineOf: LineOf,
): Problem {
  const name = issue.discriminator ?? '';
  const path = issue.path.at(-1) === name ? issue.path : [...issue.path, name];
  const given = valueAt(data, path);
  const kinds = keysAt(schema, data, path.slice(0, -1), name);
  const suggestion = typeof given === 'string' ? nearest(given, kinds) : undefined;
  return {
    ...base,
    line: lineOf(path, given === undefined),
    key: keyText(path),
    code: given === undefined ? 'missing-key' : 'wrong-value',
    message:
      given === undefined
        ? `missing key; one of ${kinds.join(', ')}`
        : `"${String(given)}" is not one of ${kinds.join(', ')}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Of a plain union the branch that went furthest is the one that was meant. */
function unionProblems(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.ZodType,
  data: unknown,
  file: string,
  lineOf: LineOf,
  base: Base,
): Problem[] {
  const depth = (branch: readonly z.core.$ZodIssue[]) =>
    Math.max(0, ...branch.map((inner) => inner.path.length));
  const best = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0];
  if (!best || depth(best) === 0) return [{ ...base, code: 'wrong-value', message: plain(issue.message) }];
  return best.flatMap((inner) =>
    toProblems(
      { ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue,
      schema,
      data,
      file,
      lineOf,
    ),
  );
}

const plain = (message: string): string => message.replace(/^Invalid input: /, '').replace(/\.$/, '');
const firstSentence = (message: string): string => (message.split('\n')[0] ?? '').replace(/\.$/, '');

/** `['monitors', 0, 'every']` → `monitors[0].every` */
const keyText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** The line of the value at `path`, for mistakes that are found after the schema had its say. */
export function lineInYaml(text: string, path: readonly PropertyKey[]): number {
  const lines = new LineCounter();
  return lineAt(parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines, path, false);
}

/** The line of the value (or of its key) at `path`, else of the nearest parent that exists. */
function lineAt(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
  ofKey: boolean,
): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = ofKey ? keyNode(document, path.slice(0, depth)) : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    if (!ofKey) continue;
    const own = document.getIn(path.slice(0, depth), true);
    if (isNode(own) && own.range && depth < path.length) return lines.linePos(own.range[0]).line;
  }
  return 1;
}

function keyNode(document: Document, path: readonly PropertyKey[]): Node | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const key = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))?.key;
  return isNode(key) ? key : undefined;
}
