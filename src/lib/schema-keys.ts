import { z } from 'zod';

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly $defs?: Record<string, JsonSchema>;
}

/**
 * The keys that `schema` knows at `path` of `data`; for a union with a `kind`-like key, those of the
 * branch that `data` chose. With `constOf`, the constants that key may have instead.
 * Only called when there is something to explain, so the cost of the JSON Schema does not matter.
 */
export function keysAt(
  schema: z.ZodType,
  data: unknown,
  path: readonly PropertyKey[],
  constOf?: string,
): string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  let places = branches(root, root, data);
  let value = data;
  for (const part of path) {
    value = isObject(value) ? value[String(part)] : Array.isArray(value) ? value[Number(part)] : undefined;
    const here = value;
    places = places.flatMap((place) => {
      const child =
        typeof part === 'number' ? place.items : (place.properties?.[String(part)] ?? additional(place));
      return child ? branches(child, root, here, constOf) : [];
    });
  }
  if (constOf === undefined)
    return [...new Set(places.flatMap((place) => Object.keys(place.properties ?? {})))];
  const constants = places.map((place) => place.properties?.[constOf]?.const).filter((c) => c !== undefined);
  return [...new Set(constants.map(String))];
}

const additional = (place: JsonSchema): JsonSchema | undefined =>
  typeof place.additionalProperties === 'object' ? place.additionalProperties : undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Resolves references and unions; narrows a union by its constant keys unless `keepKey` asks for all of them. */
function branches(schema: JsonSchema, root: JsonSchema, data: unknown, keepKey?: string): JsonSchema[] {
  if (schema.$ref) {
    const target = root.$defs?.[schema.$ref.split('/').at(-1) ?? ''];
    return target ? branches(target, root, data, keepKey) : [];
  }
  const inner = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (!inner) return [schema];
  const all = inner.flatMap((branch) => branches(branch, root, data, keepKey));
  if (keepKey !== undefined) return all;
  const chosen = all.filter((branch) => matchesConstants(branch, data));
  return chosen.length > 0 ? chosen : all;
}

function matchesConstants(branch: JsonSchema, data: unknown): boolean {
  if (!isObject(data)) return false;
  const constants = Object.entries(branch.properties ?? {}).filter(
    ([, property]) => property.const !== undefined,
  );
  return constants.length > 0 && constants.every(([key, property]) => data[key] === property.const);
}
