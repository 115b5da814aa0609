import { describe, expect, test } from 'vitest';
import { byTag, curlOf, type OpenApi, rowsOf, typeOf } from '../../src/site/api-reader.ts';

const document: OpenApi = {
  paths: {
    '/b/{id}': { get: { tags: ['z'] }, delete: { tags: ['z'] } },
    '/a': {
      post: {
        tags: ['a'],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/New' } } } },
      },
    },
  },
  components: {
    schemas: {
      New: {
        type: 'object',
        required: ['title', 'kind', 'inner'],
        properties: {
          title: { type: 'string', maxLength: 80, description: 'Shown first' },
          kind: { enum: ['x', 'y'] },
          count: { type: 'integer', minimum: 1, default: 3 },
          inner: {
            type: 'object',
            required: ['deep'],
            properties: { deep: { type: 'array', items: { type: 'string' } } },
          },
          more: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
      },
    },
  },
};
const schema = { $ref: '#/components/schemas/New' };

describe('the reader of the API', () => {
  test('groups operations by tag', () => {
    expect(
      byTag(document).map(([tag, entries]) => [tag, entries.map(({ method, path }) => `${method} ${path}`)]),
    ).toEqual([
      ['a', ['POST /a']],
      ['z', ['GET /b/{id}', 'DELETE /b/{id}']],
    ]);
  });

  test('shows fields with type, limits and nested names', () => {
    expect(rowsOf(schema, document)).toEqual([
      { name: 'title', type: 'string', required: true, note: 'Shown first; 0–80 characters' },
      { name: 'kind', type: '"x" | "y"', required: true, note: '' },
      { name: 'count', type: 'integer', required: false, note: '1–∞; default 3' },
      { name: 'inner', type: 'object', required: true, note: '' },
      { name: 'inner.deep', type: 'string[]', required: true, note: '' },
      { name: 'more', type: 'string | null', required: false, note: '' },
    ]);
  });

  test('says what a list of several kinds is', () => {
    expect(typeOf({ items: { enum: [1, 2] } }, document)).toBe('(1 | 2)[]');
    expect(typeOf({ const: false }, document)).toBe('false');
    expect(typeOf({}, document)).toBe('any');
  });

  test('gives a line for the shell with the required keys', () => {
    const entry = byTag(document)[0]?.[1][0];
    if (!entry) throw new Error('no operation');
    expect(curlOf(entry, document, 'http://x')).toBe(
      `curl -X POST 'http://x/a' -H 'content-type: application/json' -d '{"title":"…","kind":"x","inner":{"deep":[]}}'`,
    );
  });

  test('does not loop in a schema that holds itself', () => {
    const own: OpenApi = {
      components: {
        schemas: { Node: { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } } },
      },
    };
    expect(rowsOf({ $ref: '#/components/schemas/Node' }, own).length).toBeLessThan(10);
  });
});
