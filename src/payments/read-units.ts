/**
 * Reads a whole number out of a document of a shop, where it stands as a number or, as shops in PHP write it, as its digits in a
 * text; undefined when it is missing, empty or no whole number.
 */
export function readUnits(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?[0-9]{1,15}$/.test(value) ? BigInt(value) : undefined;
}
