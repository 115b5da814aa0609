import { describe, expect, test } from 'vitest';
import { fillServices } from '../../src/site/fill-services.ts';
import { notWell } from '../../src/site/not-well.ts';
import type { ServiceNow } from '../../src/site/portal.ts';

const service = (id: string, state: ServiceNow['state'], since = 0): ServiceNow => ({
  id,
  state,
  since,
  name: { en: id },
});
const words = {
  well: ({ id }: ServiceNow) => `${id} <works>`,
  notWell: ({ id }: ServiceNow) => `${id} "limps"`,
};

describe('live states in an article', () => {
  test.each([
    ['up', 'good', 'vpn &lt;works>'],
    ['down', 'bad', 'vpn &quot;limps&quot;'],
    ['degraded', 'poor', 'vpn &quot;limps&quot;'],
    ['maintenance', 'busy', 'vpn &quot;limps&quot;'],
  ] as const)('%s is shown as %s', (state, tone, text) => {
    expect(fillServices('a<p data-service="vpn"></p>b', [service('vpn', state)], words)).toBe(
      `a<p><span class="badge ${tone}">${text}</span></p>b`,
    );
  });

  test.each(['unknown', 'paused'] as const)('%s leaves nothing', (state) => {
    expect(fillServices('a<p data-service="vpn"></p>\nb', [service('vpn', state)], words)).toBe('ab');
  });

  test('a service that nobody knows leaves nothing', () => {
    expect(fillServices('<p data-service="x"></p>', [service('vpn', 'up')], words)).toBe('');
  });
});

test('services that are not well come worst first, then newest first', () => {
  const all = [
    service('a', 'up'),
    service('b', 'maintenance'),
    service('c', 'down', 1),
    service('d', 'unknown'),
    service('e', 'down', 2),
    service('f', 'degraded'),
    service('g', 'paused'),
  ];
  expect(notWell(all).map(({ id }) => id)).toEqual(['e', 'c', 'f', 'b']);
});
