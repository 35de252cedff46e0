import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';

/** As much of Node's request as tells where it comes from; undefined when a test asks without a connection. */
export type Incoming =
  | { readonly socket: { readonly remoteAddress?: string | undefined }; readonly headers: IncomingHttpHeaders }
  | undefined;

/** The other ends of connections: one connection carries many requests. */
const ends = new WeakMap<object, string>();

/** Says from which address a request comes, as `clientAddress` does. */
export function addressOf(request: Incoming, trustedProxies: readonly string[]): string {
  if (request === undefined) return clientAddress(undefined, undefined, trustedProxies);
  const { socket, headers } = request;
  const forwardedFor = headers['x-forwarded-for'];
  if (forwardedFor !== undefined) return clientAddress(socket.remoteAddress, forwardedFor.toString(), trustedProxies);
  const known = ends.get(socket);
  if (known !== undefined) return known;
  const address = clientAddress(socket.remoteAddress, undefined, trustedProxies);
  ends.set(socket, address);
  return address;
}

/** The other end of a connection whose `X-Forwarded-For` does not count, as it is none of our proxies; undefined when it has none. */
export function untrustedSender(request: Incoming, trustedProxies: readonly string[]): string | undefined {
  if (request?.headers['x-forwarded-for'] === undefined) return undefined;
  const sender = normalAddress(request.socket.remoteAddress ?? '');
  return sender === undefined || isTrusted(sender, trustedProxies) ? undefined : sender;
}

/**
 * Says from which address a request comes. `X-Forwarded-For` counts only as far as proxies that we trust wrote it: read
 * from the right, the first address that is none of theirs. Everything left of it could be made up by anybody.
 * @param remote the address at the other end of the connection.
 * @param trustedProxies addresses and CIDR ranges: `10.0.0.0/8`, `::1`.
 * @returns the address in its usual form, IPv4 inside IPv6 as IPv4; `unknown` when there is no connection.
 */
export function clientAddress(
  remote: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: readonly string[],
): string {
  const nearest = normalAddress(remote ?? '');
  if (nearest === undefined) return 'unknown';
  let client = nearest;
  for (const hop of (forwardedFor ?? '').split(',').reverse()) {
    const address = normalAddress(hop.trim());
    if (address === undefined || !isTrusted(client, trustedProxies)) return client;
    client = address;
  }
  return client;
}

function isTrusted(address: string, proxies: readonly string[]): boolean {
  const ip = ipaddr.parse(address);
  return proxies.some((proxy) => {
    const range = rangeOf(proxy);
    return range !== undefined && range[0].kind() === ip.kind() && ip.match(range);
  });
}

function rangeOf(proxy: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  if (ipaddr.isValidCIDR(proxy)) return ipaddr.parseCIDR(proxy);
  if (!ipaddr.isValid(proxy)) return undefined;
  const ip = ipaddr.process(proxy);
  return [ip, ip.kind() === 'ipv4' ? 32 : 128];
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function normalAddress(text: string): string | undefined {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : undefined;
}
