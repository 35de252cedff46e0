import { domainToASCII } from 'node:url';

const lengthMax = { email: 200, url: 300, localPart: 64, label: 63 };
/** What may stand between the dots before the @: the `atext` of RFC 5322, or non-ASCII letters and signs (RFC 6531). */
const localPart = /^[\w!#$%&'*+\-/=?^`{|}~\u{a1}-\u{10fffd}]+$/u;
const invisible = /[\p{C}\p{Z}\ufffd]/u;

/**
 * Says whether a text is an e-mail address as in RFC 5322 without quoted parts and comments, with letters of any script
 * as in RFC 6531, at most 200 characters, at a domain of at least two labels.
 */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const labels = domainLabels(text.slice(at + 1));
  return (
    at > 0 &&
    !invisible.test(text) &&
    [...text].length <= lengthMax.email &&
    Buffer.byteLength(local) <= lengthMax.localPart &&
    local.split('.').every((part) => localPart.test(part)) &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label) && label.length <= lengthMax.label) &&
    // Else 1.2.3.4, which is no domain, would pass.
    /[a-z]/.test(labels.at(-1) ?? '')
  );
}

/**
 * Says whether a text is an address a payer can be sent to, or a notification posted to, exactly as written: absolute,
 * http or https, with a host that does not end in a dot (imoje protocol, section 1), without user and password, ASCII
 * as RFC 3986 asks, at most 300 characters. Where the host resolves to is not checked here.
 */
export function isWebAddress(text: string): boolean {
  // Browsers read \ as / and drop tabs and line ends: what is checked here must be what they open.
  if (text.length > lengthMax.url || !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(text)) return false;
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\"<>]/.test(text) || !URL.canParse(text)) return false;
  return !new URL(text).hostname.endsWith('.');
}

function domainLabels(domain: string): string[] {
  return /^[\p{L}\p{M}\p{N}.-]+$/u.test(domain) ? domainToASCII(domain).split('.') : [];
}
