import ipaddr from 'ipaddr.js';

/**
 * The addresses that count as one, as a text: an IPv4 address is alone, of IPv6 the whole /64 counts together, since
 * whoever is given one address there may take any of the others (RFC 4291, section 2.5.1).
 * @returns undefined when the text is no address.
 */
export function addressGroup(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const ip = ipaddr.process(address);
  if (ip instanceof ipaddr.IPv4) return ip.toString();
  const network = ip.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
