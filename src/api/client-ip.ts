/**
 * The client's address. X-Forwarded-For is believed only as far as our own proxies wrote it:
 * with n trusted proxies it is the n-th entry from the end; all before it is the client's own invention.
 */
export function clientIp(
  socketAddress: string | undefined,
  forwarded: string | undefined,
  trustedProxies: number,
): string {
  const direct = (socketAddress ?? '0.0.0.0').replace(/^::ffff:/, '');
  if (trustedProxies === 0 || !forwarded) return direct;
  const chain = forwarded.split(',').map((part) => part.trim());
  return chain.at(-trustedProxies) || direct;
}
