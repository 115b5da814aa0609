/** The parts of an OpenAPI 3.1 document that the reader page shows. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content & { readonly description?: string }>>;
}

export interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface Row {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly note: string;
}

export interface Entry {
  /** For links: `post-api-v1-help-requests`. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Operations by their first tag, both in alphabetical order. */
export function byTag(document: OpenApi): readonly (readonly [tag: string, entries: readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = methods[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? 'other';
      const id = `${method}${path}`.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '');
      groups.set(tag, [...(groups.get(tag) ?? []), { id, method: method.toUpperCase(), path, operation }]);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

const MOST_DEPTH = 4;

function resolved(schema: Schema, document: OpenApi): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return (name && document.components?.schemas?.[name]) || schema;
}

/** `string`, `"en" | "fa"`, `string[]`, `object`, as short as it stays clear. */
export function typeOf(given: Schema, document: OpenApi): string {
  const schema = resolved(given, document);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return [...new Set(branches.map((branch) => typeOf(branch, document)))].join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.items) {
    const inner = typeOf(schema.items, document);
    return inner.includes(' | ') ? `(${inner})[]` : `${inner}[]`;
  }
  return typeof schema.type === 'string' ? schema.type : (schema.type?.join(' | ') ?? 'any');
}

function limitsOf({ minLength, maxLength, minimum, maximum, default: fallback }: Schema): string[] {
  return [
    minLength !== undefined || maxLength !== undefined
      ? `${minLength ?? 0}–${maxLength ?? '∞'} characters`
      : '',
    minimum !== undefined || maximum !== undefined ? `${minimum ?? '−∞'}–${maximum ?? '∞'}` : '',
    fallback === undefined ? '' : `default ${JSON.stringify(fallback)}`,
  ].filter((text) => text !== '');
}

/** The properties of an object, nested ones with dots: `results[].title`. */
export function rowsOf(given: Schema, document: OpenApi, prefix = '', depth = 0): Row[] {
  const schema = resolved(given, document);
  const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (branches) return unique(branches.flatMap((branch) => rowsOf(branch, document, prefix, depth)));
  if (schema.items) return rowsOf(schema.items, document, `${prefix}[]`, depth);
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    const property = resolved(value, document);
    const row = {
      name,
      type: typeOf(value, document),
      required: schema.required?.includes(key) ?? false,
      note: [property.description ?? '', ...limitsOf(property)].filter((text) => text !== '').join('; '),
    };
    return depth < MOST_DEPTH ? [row, ...rowsOf(value, document, name, depth + 1)] : [row];
  });
}

const unique = (rows: readonly Row[]): Row[] => [
  ...new Map(rows.map((row) => [`${row.name} ${row.type}`, row])).values(),
];

export const schemaOf = (content: Content | undefined): Schema | undefined =>
  Object.values(content?.content ?? {})[0]?.schema;

/** A line to paste into a shell; the body is a skeleton with the required keys. */
export function curlOf({ method, path, operation }: Entry, document: OpenApi, baseUrl: string): string {
  const body = schemaOf(operation.requestBody);
  const query = (operation.parameters ?? []).filter((one) => one.in === 'query' && one.required);
  const search = query.length > 0 ? `?${query.map(({ name }) => `${name}=…`).join('&')}` : '';
  const parts = [method === 'GET' ? 'curl' : `curl -X ${method}`, `'${baseUrl}${path}${search}'`];
  if (body)
    parts.push("-H 'content-type: application/json'", `-d '${JSON.stringify(skeleton(body, document))}'`);
  return parts.join(' ');
}

function skeleton(given: Schema, document: OpenApi, depth = 0): unknown {
  const schema = resolved(given, document);
  const branch = (schema.anyOf ?? schema.oneOf)?.[0];
  if (branch) return skeleton(branch, document, depth);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'array') return [];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 0;
  if (schema.type !== 'object' || depth > MOST_DEPTH) return '…';
  const required = Object.entries(schema.properties ?? {}).filter(([key]) => schema.required?.includes(key));
  return Object.fromEntries(required.map(([key, value]) => [key, skeleton(value, document, depth + 1)]));
}
