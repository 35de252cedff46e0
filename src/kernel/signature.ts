import { createHash, timingSafeEqual } from 'node:crypto';

/** The fields of a form with their decoded values; `billing[city]` is the field `city` inside the field `billing`. */
export type FormFields = { readonly [name: string]: string | FormFields };

/** The hash functions a signature may use (imoje protocol, section 2). */
export const signatureAlgorithms = ['sha224', 'sha256', 'sha384', 'sha512'] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

const signaturePattern = /^([0-9a-f]{56,128});(sha224|sha256|sha384|sha512)$/;
const integerPattern = /^(?:0|-?[1-9][0-9]*)$/;
/** Deeper forms than this are never verified; the deepest documented field has three levels. */
const levelsMax = 8;

/**
 * Writes the text that is signed: every field but the outermost `signature`, sorted, as `name=value` joined by `&`,
 * nested ones as `name[inner]=value` (imoje protocol, section 2). Values stand as they are, so the text cannot be read
 * back: a value may itself hold `&other=`.
 */
export function canonicalForm(fields: FormFields): string {
  return sortedNames(fields)
    .filter((name) => name !== 'signature')
    .flatMap((name) => segments(name, fields[name] as string | FormFields))
    .join('&');
}

/** Signs a form: `hex;algorithm`, the hash of the canonical form with the service key appended (not an HMAC). */
export function signForm(fields: FormFields, serviceKey: string, algorithm: SignatureAlgorithm): string {
  return `${keyedHash(canonicalForm(fields), serviceKey, algorithm)};${algorithm}`;
}

/**
 * Says whether the field `signature` was made with one of the keys. Anything missing or malformed is simply not signed;
 * an empty key signs nothing, since anybody could sign with it.
 */
export function verifyForm(fields: FormFields, serviceKeys: readonly string[]): boolean {
  const signature = Object.hasOwn(fields, 'signature') ? fields.signature : undefined;
  const [, hex, algorithm] = (typeof signature === 'string' && signaturePattern.exec(signature)) || [];
  if (hex === undefined || algorithm === undefined || !isForm(fields, levelsMax)) return false;
  const canonical = canonicalForm(fields);
  return serviceKeys
    .filter((key) => key !== '')
    .map((key) => sameText(hex, keyedHash(canonical, key, algorithm)))
    .includes(true);
}

/** Signs the exact bytes of a notification: lower-case hex of the hash of body and service key (section 4). */
export function signNotification(
  body: Buffer | string,
  serviceKey: string,
  algorithm: SignatureAlgorithm = 'sha256',
): string {
  return keyedHash(body, serviceKey, algorithm);
}

/**
 * Writes the value of the header `X-Imoje-Signature`. Shops read its parts by position, so their order and the missing
 * spaces matter, and some know only sha256, the default (imoje protocol, section 4).
 */
export function notificationSignatureHeader(notification: {
  readonly merchantId: string;
  readonly serviceId: string;
  readonly serviceKey: string;
  readonly body: Buffer | string;
  readonly alg?: SignatureAlgorithm;
}): string {
  const { merchantId, serviceId, serviceKey, body, alg = 'sha256' } = notification;
  const signature = signNotification(body, serviceKey, alg);
  return `merchantid=${merchantId};serviceid=${serviceId};signature=${signature};alg=${alg}`;
}

function segments(name: string, value: string | FormFields): string[] {
  if (typeof value === 'string') return [`${name}=${value}`];
  return sortedNames(value).flatMap((inner) => segments(`${name}[${inner}]`, value[inner] as string | FormFields));
}

/**
 * Integers first, by value, then the rest by their UTF-8 bytes. PHP's ksort, which shops sign with, gives the same for
 * every name that starts with a letter; unlike ksort this order does not depend on the order of arrival.
 */
function sortedNames(fields: FormFields): string[] {
  const names = Object.keys(fields);
  const integers = names.filter((name) => integerPattern.test(name));
  const others = names.filter((name) => !integerPattern.test(name));
  integers.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  others.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return [...integers, ...others];
}

function isForm(fields: unknown, levels: number): boolean {
  if (typeof fields === 'string') return true;
  if (typeof fields !== 'object' || fields === null || levels === 0) return false;
  return Object.values(fields).every((value) => isForm(value, levels - 1));
}

function keyedHash(content: Buffer | string, serviceKey: string, algorithm: string): string {
  return createHash(algorithm).update(content).update(serviceKey).digest('hex');
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
