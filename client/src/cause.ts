/** So deep an error is looked through; what lies deeper may hold anything. */
const depthMax = 5;

/** As platforms write their codes: ECONNREFUSED, CERT_HAS_EXPIRED. */
const codeOfPlatform = /^[A-Z][A-Z0-9_]{1,63}$/;

type Causing = { readonly code?: unknown; readonly cause?: unknown };

/** The code of an error, or else of what caused it, such as ENOTFOUND; undefined when there is none, as in browsers. */
export function reasonOf(error: unknown): string | undefined {
  let each = error;
  for (let depth = 0; depth < depthMax && typeof each === 'object' && each !== null; depth++) {
    const { code, cause }: Causing = each;
    if (typeof code === 'string' && codeOfPlatform.test(code)) return code;
    each = cause;
  }
  return undefined;
}

/** What TLS says of a certificate that is not to be trusted (Node, "X509 certificate error codes"): another try soon finds the same one. */
const certificateCodes = new Set<string | undefined>([
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
  ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'CERT_REVOKED'],
  ...['CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG', 'PATH_LENGTH_EXCEEDED', 'INVALID_CA', 'INVALID_PURPOSE'],
]);

/** Whether an error is that the certificate of the other side is not to be trusted; browsers do not tell. */
export function isOfCertificate(error: unknown): boolean {
  return certificateCodes.has(reasonOf(error));
}

/**
 * An error as it may be shown: as it is when the secret is surely nowhere in it. Else only its name, its code and its sentence
 * are kept, without the secret, and those of what caused it: a `fetch` of the program may throw an error that has the whole request in it.
 */
export function causeWithout(secret: string, error: unknown, depth = 0): unknown {
  if (isFreeOf(secret, error, 0)) return error;
  const { name, message, code, cause }: Error & Causing =
    error instanceof Error ? error : new Error('No error was thrown, but something else.');
  const [ownName = '', sentence = ''] = [name, message].map((text) => String(text).replaceAll(secret, '…'));
  const isDeep = cause === undefined || depth === depthMax;
  const shown = new Error(sentence, isDeep ? undefined : { cause: causeWithout(secret, cause, depth + 1) });
  const isCode = typeof code === 'string' && codeOfPlatform.test(code) && !code.includes(secret);
  return Object.assign(shown, { name: ownName }, isCode ? { code } : {});
}

function isFreeOf(secret: string, value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes(secret);
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (depth === depthMax || !isPlain(value)) return false;
  const told = value instanceof Error ? `${value.name} ${value.message} ${value.stack}` : '';
  if (told.includes(secret)) return false;
  return Reflect.ownKeys(value).every((key) => {
    // A getter in newer engines, and looked at above.
    if (key === 'stack' && value instanceof Error) return true;
    const { get, value: held } = Object.getOwnPropertyDescriptor(value, key) ?? {};
    return !get && !String(key).includes(secret) && isFreeOf(secret, held, depth + 1);
  });
}

/** Errors, lists and plain objects show all that they have; others, such as a Request, may hide something and print it. */
function isPlain(value: object): boolean {
  if (value instanceof Error || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
