import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkedYaml } from '../../src/lib/checked-yaml.ts';
import { describeProblem } from '../../src/lib/problem.ts';

const schema = z.strictObject({
  service: z.strictObject({ id: z.string(), tier: z.enum(['L1', 'L2', 'L3']) }),
  monitors: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('http'), url: z.string(), every: z.number().optional() }),
      z.strictObject({ kind: z.literal('ping'), host: z.string() }),
    ]),
  ),
});

const check = (text: string) => {
  const result = checkedYaml(schema, { file: 'a.yaml', text });
  return result.ok ? [] : result.problems.map(describeProblem);
};

const service = 'service:\n  id: mail\n  tier: L1\n';

describe('a mistake in YAML names file, line, key and what was probably meant', () => {
  test.each([
    ['misspelt key', `${service}monitrs: []`, 'a.yaml:4 monitrs: unknown key. Did you mean "monitors"?'],
    [
      'misspelt key inside the chosen kind',
      `${service}monitors:\n  - kind: http\n    url: x\n    evry: 3`,
      'a.yaml:7 monitors[0].evry: unknown key. Did you mean "every"?',
    ],
    [
      'unknown kind',
      `${service}monitors:\n  - kind: htp\n    url: x`,
      'a.yaml:5 monitors[0].kind: "htp" is not one of http, ping. Did you mean "http"?',
    ],
    [
      'wrong value',
      'service:\n  id: a\n  tier: L4\nmonitors: []',
      'a.yaml:3 service.tier: "L4" is not one of L1, L2, L3. Did you mean "L1"?',
    ],
    [
      'wrong type',
      'service:\n  id: 5\n  tier: L1\nmonitors: []',
      'a.yaml:2 service.id: expected string, received number.',
    ],
  ])('%s', (_name, text, expected) => {
    expect(check(text)).toContain(expected);
  });

  test('a missing key points at its parent', () => {
    expect(check('service:\n  id: a\nmonitors: []')[0]).toMatch(/^a\.yaml:1 service\.tier: missing key/);
  });

  test('broken YAML has a line', () => {
    expect(check('service: [\n')[0]).toMatch(/^a\.yaml:\d+: not valid YAML/);
  });

  test('an alias bomb is an error, not a stall', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from('bcdefgh', (c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}]`),
    ].join('\n');
    expect(check(bomb).length).toBeGreaterThan(0);
  });
});
