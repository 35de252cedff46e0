/** Largest body that a form or a notification may have, in bytes: 256 KiB. */
export const bodyBytesMax = 262_144;

/** A body is larger than we read. */
export class BodyTooLarge extends Error {
  constructor() {
    super(`The body is larger than ${bodyBytesMax} bytes; send less.`);
    this.name = 'BodyTooLarge';
  }
}

/**
 * Reads the whole body of a request, as bytes.
 * @throws BodyTooLarge as soon as it is known; another Error when the sender goes away in the middle.
 */
export async function readBody(request: Request): Promise<Buffer> {
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
