/** Largest body that a form or a notification may have, in bytes: 256 KiB. */
export const bodyBytesMax = 262_144;

/** A body is larger than we read. */
export class BodyTooLarge extends Error {
  constructor() {
    super(`The body is larger than ${bodyBytesMax} bytes; send less.`);
    this.name = 'BodyTooLarge';
  }
}

/** A body was sent compressed, or in another coding; we read none (RFC 9110, section 15.5.16). */
export class BodyEncoded extends Error {
  constructor() {
    super(bodyEncoded);
    this.name = 'BodyEncoded';
  }
}

/** Said with status 415, beside `Accept-Encoding: identity`, which says the same to programs. */
export const bodyEncoded = 'The body must come as it is; send it without Content-Encoding, not compressed.';

/**
 * Whether a header Content-Encoding names a coding; `identity` is none. Neither is `utf-8`, which programs that mean the letters of
 * the body have there by mistake: it changes nothing.
 */
export function isEncoded(contentEncoding: string | null | undefined): boolean {
  return (contentEncoding ?? '').split(',').some((coding) => !/^\s*(?:identity|utf-?8)?\s*$/i.test(coding));
}

/**
 * Reads the whole body of a request, as bytes.
 * @throws BodyEncoded before it is read; BodyTooLarge as soon as it is known; another Error when the sender goes away in the middle.
 */
export async function readBody(request: Request): Promise<Buffer> {
  if (isEncoded(request.headers.get('content-encoding'))) throw new BodyEncoded();
  if (Number(request.headers.get('content-length') ?? 0) > bodyBytesMax) throw new BodyTooLarge();
  const reader = request.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.length;
    if (size > bodyBytesMax) throw new BodyTooLarge();
    parts.push(part.value);
  }
  return Buffer.concat(parts);
}

/** Says whether a request carries a form in the one encoding that we read. */
export function isUrlEncoded(request: Request): boolean {
  return /^application\/x-www-form-urlencoded *(?:;|$)/i.test(request.headers.get('content-type') ?? '');
}
