import { describe, expect, test } from 'vitest';
import { clientIp } from '../../src/api/client-ip.ts';
import { isForged, isKnownHost } from '../../src/api/origin-check.ts';
import { securityHeaders } from '../../src/api/security-headers.ts';

const BASE = 'https://help.example.org';

describe('a forged request', () => {
  const asked = { method: 'POST', origin: undefined, secFetchSite: undefined, host: 'help.example.org' };
  test.each([
    ['a program without browser headers', {}, false],
    ['our own page', { origin: BASE, secFetchSite: 'same-origin' }, false],
    ['typed by the person', { secFetchSite: 'none' }, false],
    ['another site', { origin: 'https://evil.example', secFetchSite: 'cross-site' }, true],
    [
      'a neighbour on the same domain',
      { origin: 'https://other.example.org', secFetchSite: 'same-site' },
      true,
    ],
    ['another origin in an old browser', { origin: 'https://evil.example' }, true],
    ['a sandboxed frame', { origin: 'null' }, true],
    [
      'fetch metadata that lies about the origin',
      { origin: 'https://evil.example', secFetchSite: 'same-origin' },
      true,
    ],
    ['our origin in an old browser', { origin: BASE }, false],
    ['reading from elsewhere', { method: 'GET', secFetchSite: 'cross-site' }, false],
    ['a method that does not exist', { method: 'BREW', secFetchSite: 'cross-site' }, true],
  ])('%s', (_name, over, expected) => {
    expect(isForged({ ...asked, ...over }, BASE)).toBe(expected);
  });
});

describe('hosts that we answer to', () => {
  test.each([
    ['help.example.org', BASE, false, true],
    ['HELP.example.org', BASE, false, true],
    ['help.example.org.evil.example', BASE, false, false],
    ['evil.example', BASE, false, false],
    ['localhost:4321', 'http://localhost:4321', true, true],
    ['127.0.0.1:4321', 'http://localhost:4321', true, true],
    ['rebound.evil.example:4321', 'http://localhost:4321', true, false],
    ['', BASE, false, false],
  ])('%s for %s', (host, base, loopback, expected) => {
    expect(isKnownHost(host, base, loopback)).toBe(expected);
  });
});

describe("the client's address", () => {
  test.each([
    ['is the socket without a proxy, whatever the header says', '203.0.113.5', '1.2.3.4', 0, '203.0.113.5'],
    ['is what one proxy wrote last', '10.0.0.1', '6.6.6.6, 198.51.100.7', 1, '198.51.100.7'],
    ['of two proxies is the one before', '10.0.0.1', '6.6.6.6, 198.51.100.7, 10.0.0.2', 2, '198.51.100.7'],
    ['of a missing header is the socket', '10.0.0.1', undefined, 1, '10.0.0.1'],
    ['of a mapped address is the plain one', '::ffff:192.0.2.1', undefined, 0, '192.0.2.1'],
  ])('%s', (_name, socket, header, proxies, expected) => {
    expect(clientIp(socket, header, proxies)).toBe(expected);
  });
});

test('no header allows anything inline or from elsewhere', () => {
  const policy = securityHeaders(true)['content-security-policy'] ?? '';
  expect(policy).not.toContain('unsafe-');
  expect(policy).not.toMatch(/https?:\/\//);
  expect(policy).toContain("frame-ancestors 'none'");
});
