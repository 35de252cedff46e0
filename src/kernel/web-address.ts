import ipaddr from 'ipaddr.js';
import { InvalidInput } from './errors.ts';
import { refuseCardNumber } from './text.ts';

/** How strict addresses that we call are checked: the sandbox allows localhost and ports, production does not. */
export type AddressRule = 'public' | 'any';

const lengthMax = 300;

/**
 * Takes an address that a payer's browser is sent to: absolute, http or https, at most 300 characters, a host that is
 * no absolute FQDN (imoje protocol, section 1), no user or password, no card number. It is kept byte for byte.
 * @throws InvalidInput naming the field.
 */
export function parseWebAddress(text: string, field: readonly string[]): string {
  const problem = problemOf(text);
  if (problem !== undefined) {
    throw new InvalidInput(`${field.at(-1)} ${problem}; give an address such as https://shop.example/path.`, field);
  }
  refuseCardNumber(text, field);
  return text;
}

/**
 * Takes an address that the gateway itself will call. On top of `parseWebAddress`, production takes only default ports
 * and no literal address from a private, loopback or otherwise special range. Names are checked where they resolve to,
 * at every call.
 * @throws InvalidInput naming the field.
 */
export function parseCallableAddress(text: string, rule: AddressRule, field: readonly string[]): string {
  parseWebAddress(text, field);
  if (rule === 'any') return text;
  const url = new URL(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const literal = ipaddr.isValid(host);
  if (url.port !== '' || (literal ? !isPublicIp(host) : isLocalName(host))) {
    throw new InvalidInput(
      `${field.at(-1)} must be a public http or https address on its default port, not ${url.host}.`,
      field,
    );
  }
  return text;
}

/** Says whether an IP address is an ordinary public one: not private, loopback, link-local, multicast, NAT64 or 6to4. */
export function isPublicIp(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  // Of IPv6 only 2000::/3 is given out as public (RFC 4291); what else has no name of its own, as ::127.0.0.1, is not.
  return ip.range() === 'unicast' && (ip instanceof ipaddr.IPv4 || (ip.parts[0] ?? 0) >> 13 === 1);
}

function isLocalName(host: string): boolean {
  const name = host.toLowerCase();
  return !name.includes('.') || name.endsWith('.localhost') || name.endsWith('.local') || name.endsWith('.internal');
}

function problemOf(text: string): string | undefined {
  if (text.length > lengthMax) return `may have at most ${lengthMax} characters, not ${text.length}`;
  // A browser would repair these silently, so the address that was checked would not be the one that is used.
  if (/[\s\\\p{Cc}]/u.test(text)) return 'may hold no spaces, backslashes or control characters';
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return 'must be an absolute http or https address';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'may hold no user name or password';
  if (url.hostname === '' || url.hostname.endsWith('.')) return 'must name a host that does not end with a dot';
  return undefined;
}
