import { createHash } from 'node:crypto';

/** The fields of a form by their names as sent: `billing[city]`. */
export type FlatFields = Readonly<Record<string, string>>;

/**
 * Signs a form as a shop's own code would, from the words of the protocol (section 2) and with none of our code: the
 * names sorted, `name=value` joined by `&`, the key behind it, hashed. Good for fields whose brackets sort as they stand.
 */
export function signByHand(fields: FlatFields, serviceKey: string, algorithm = 'sha256'): string {
  const text = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  const hash = createHash(algorithm)
    .update(text + serviceKey, 'utf8')
    .digest('hex');
  return `${hash};${algorithm}`;
}

/** A form with its signature. */
export function signed(fields: FlatFields, serviceKey: string, algorithm?: string): Record<string, string> {
  return { ...fields, signature: signByHand(fields, serviceKey, algorithm) };
}
