import { gunzipSync } from 'node:zlib';

export type JsonObject = { readonly [name: string]: unknown };

/** Largest unpacked text: small packages that unpack to gigabytes stop here. */
const unpackedBytesMax = 256 * 1024;
const levelsMax = 20;
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/**
 * Unpacks `base64(gzip(JSON))`, the form of the fields `invoice`, `cart` and `cartData` (imoje protocol, section 1).
 * @returns undefined when it is anything else, is larger than 256 KiB unpacked, is nested deeper than 20 levels, or
 * holds text that PostgreSQL cannot store (U+0000, half a surrogate pair).
 */
export function unpackJson(packed: string): JsonObject | undefined {
  // Mail and PHP's chunk_split break base64 into lines (RFC 2045, section 6.8).
  const encoded = packed.replaceAll(/[ \t\r\n]/g, '');
  if (!base64Pattern.test(encoded)) return undefined;
  try {
    const bytes = gunzipSync(Buffer.from(encoded, 'base64'), { maxOutputLength: unpackedBytesMax });
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) && isStorable(value, levelsMax) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStorable(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return (
    levels > 0 && Object.entries(value).every(([key, inner]) => isStorable(key, 0) && isStorable(inner, levels - 1))
  );
}
