const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

interface Asked {
  readonly method: string;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly host: string;
}

/**
 * Cross-site request forgery: a browser tells with every unsafe request where it comes from
 * (Sec-Fetch-Site, else Origin). Neither header means no browser, so no one else's cookies.
 */
export function isForged({ method, origin, secFetchSite, host }: Asked, baseUrl: string): boolean {
  if (SAFE.has(method)) return false;
  if (secFetchSite !== undefined) {
    if (secFetchSite !== 'same-origin' && secFetchSite !== 'none') return true;
    return origin !== undefined && origin !== 'null' && !sameOrigin(origin, host, baseUrl);
  }
  return origin !== undefined && !sameOrigin(origin, host, baseUrl);
}

const sameOrigin = (origin: string, host: string, baseUrl: string): boolean =>
  origin === new URL(baseUrl).origin || origin === `http://${host}`;

/**
 * Hosts that we answer to: the public address and, on loopback, its names. Anything else may be another
 * name that was pointed at us (DNS rebinding) and would count as the same origin for a browser.
 */
export function isKnownHost(host: string, baseUrl: string, loopbackOnly: boolean): boolean {
  const base = new URL(baseUrl);
  if (host.toLowerCase() === base.host) return true;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const isLoopbackName = name === 'localhost' || name === '127.0.0.1' || name === '[::1]';
  return isLoopbackName && (loopbackOnly || base.hostname === 'localhost' || base.hostname === '127.0.0.1');
}
