import { parseDuration } from '../lib/duration.ts';
import { nearest } from '../lib/nearest.ts';

export type ValueType = 'number' | 'duration' | 'text' | 'flag';
export type Value = string | number | boolean | null | undefined;

/** What conditions of a kind may speak of: a name, or a prefix with `.*` for values named by the target. */
export type ValueTypes = Readonly<Record<string, ValueType | 'any'>>;

/** Where a condition gets its values: one check, and what is remembered of the ones before it. */
export interface Observed {
  value(name: string): Value;
  /** p-quantile of the latency over the last `ms`, in ms. */
  latencyOver(quantile: number, ms: number): number | undefined;
}

export interface Condition {
  readonly text: string;
  /** The value's first name, for kinds that only fetch what somebody asks for. */
  readonly root: string;
  holds(observed: Observed): boolean;
  /** The value as it was, for people: `503`, `1,240 ms`, `nothing`. */
  shown(observed: Observed): string;
}

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

const OPERATORS = ['==', '!=', '<=', '>=', '<', '>', 'contains'] as const;
type Operator = (typeof OPERATORS)[number];
type Literal = { readonly type: ValueType; readonly value: string | number | boolean };

const SHAPE =
  /^(?<left>(?:[^\s"<>=![\]]|\[[^\]]*\])+)(?:\s*(?<op>==|!=|<=|>=|<|>|\scontains\s)\s*(?<right>.+))?$/;
const WINDOW = /^latency\.p(\d{1,2})\((\w+(?:\.\w+)?)\)$/;
const MOST_CHARACTERS = 200;

/** `status == 200`, `latency.p95(5m) < 400ms`, `body.$.db == "ok"`, `connected`. Parsed once, never run as code. */
export function parseCondition(text: string, types: ValueTypes): ParsedCondition {
  const match = text.length <= MOST_CHARACTERS ? SHAPE.exec(text.trim()) : null;
  const left = match?.groups?.left;
  if (!left) return wrong('expected a condition such as status == 200 or latency < 1s');
  const type = typeOf(left, types);
  if (type === undefined) return unknownName(left, types);
  const op = match.groups?.op?.trim() as Operator | undefined;
  if (op === undefined) {
    if (type !== 'flag' && type !== 'any')
      return wrong(`"${left}" is a ${type}: compare it, for example ${left} ${example(type)}`);
    return { ok: true, condition: build({ text, left, op: '==', literal: { type: 'flag', value: true } }) };
  }
  const literal = parseLiteral(match.groups?.right?.trim() ?? '');
  if (!literal) return wrong('expected a number, a duration, true, false or a text in quotes on the right');
  const mismatch = fits(type, op, literal);
  if (mismatch) return wrong(`"${left}" ${mismatch}`);
  return { ok: true, condition: build({ text, left, op, literal }) };
}

const wrong = (message: string): ParsedCondition => ({ ok: false, message });

function typeOf(left: string, types: ValueTypes): ValueType | 'any' | undefined {
  if (types.latency !== undefined && WINDOW.test(left)) {
    return parseDuration(WINDOW.exec(left)?.[2] ?? '') === undefined ? undefined : 'duration';
  }
  const own = Object.hasOwn(types, left) ? types[left] : undefined;
  if (own) return own;
  const dot = left.indexOf('.');
  const family = dot > 0 ? `${left.slice(0, dot)}.*` : '';
  return Object.hasOwn(types, family) ? types[family] : undefined;
}

function unknownName(left: string, types: ValueTypes): ParsedCondition {
  const known = Object.keys(types);
  const suggestion = nearest(left, known);
  const message = `"${left}" is not known here; known: ${known.join(', ')}`;
  return suggestion === undefined ? { ok: false, message } : { ok: false, message, suggestion };
}

const example = (type: ValueType): string =>
  ({ number: '== 1', duration: '< 1s', text: '== "ok"', flag: '' })[type];

function parseLiteral(text: string): Literal | undefined {
  if (/^".*"$/.test(text) || /^'.*'$/.test(text)) return { type: 'text', value: text.slice(1, -1) };
  if (text === 'true' || text === 'false') return { type: 'flag', value: text === 'true' };
  if (/^-?\d+(\.\d+)?%?$/.test(text)) return { type: 'number', value: Number.parseFloat(text) };
  const ms = parseDuration(text);
  return ms === undefined ? undefined : { type: 'duration', value: ms };
}

function fits(type: ValueType | 'any', op: Operator, literal: Literal): string | undefined {
  if (op === 'contains') return literal.type === 'text' ? undefined : 'contains needs a text in quotes';
  const ordered = op !== '==' && op !== '!=';
  if (ordered && (literal.type === 'text' || literal.type === 'flag'))
    return `cannot be compared with ${op} to a ${literal.type}`;
  if (type === 'any' || type === literal.type) return undefined;
  return `is a ${type}, compared to a ${literal.type}`;
}

interface Parts {
  readonly text: string;
  readonly left: string;
  readonly op: Operator;
  readonly literal: Literal;
}

function build({ text, left, op, literal }: Parts): Condition {
  const window = WINDOW.exec(left);
  const quantile = Number(window?.[1] ?? 0) / 100;
  const span = parseDuration(window?.[2] ?? '') ?? 0;
  const read = window
    ? (observed: Observed): Value => observed.latencyOver(quantile, span)
    : (observed: Observed): Value => observed.value(left);
  const { value } = literal;
  return {
    text: text.trim(),
    root: left.split(/[.[]/)[0] ?? left,
    holds: (observed) => compare(read(observed), op, value),
    shown: (observed) => show(read(observed), literal.type),
  };
}

function compare(actual: Value, op: Operator, wanted: string | number | boolean): boolean {
  if (actual === undefined || actual === null) return op === '!=';
  switch (op) {
    case '==':
      return actual === wanted;
    case '!=':
      return actual !== wanted;
    case 'contains':
      return String(actual).includes(String(wanted));
    default:
      return typeof actual === 'number' && typeof wanted === 'number' && ordered(actual, op, wanted);
  }
}

function ordered(actual: number, op: '<' | '<=' | '>' | '>=', wanted: number): boolean {
  if (op === '<') return actual < wanted;
  if (op === '<=') return actual <= wanted;
  return op === '>' ? actual > wanted : actual >= wanted;
}

function show(value: Value, type: ValueType): string {
  if (value === undefined || value === null) return 'nothing';
  if (type === 'duration' && typeof value === 'number') return `${Math.round(value * 10) / 10} ms`;
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
