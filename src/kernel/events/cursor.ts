import { hash } from 'node:crypto';
import { CursorInvalid } from './errors.ts';

const version = 1;
const tagBytes = 6;
/** Version, tag and number; a multiple of three, so that Base64 has neither padding nor spare bits. */
const cursorBytes = 1 + tagBytes + 8;
const cursorForm = new RegExp(`^[A-Za-z0-9_-]{${(cursorBytes / 3) * 4}}$`);
const numberMax = 2n ** 63n - 1n;

/**
 * The public name of a place in a shop's log: 20 characters, safe in a URL, opaque to clients. It carries the number
 * and a tag made of shop and number, by which a cursor of another shop, or a changed one, is told apart. The tag finds
 * mistakes; it protects nothing, since whoever may read the log may read all of it.
 * @param number 0 (before the first event) to 2^63-1.
 */
export function encodeCursor(shopId: string, number: bigint): string {
  const bytes = Buffer.alloc(cursorBytes);
  bytes[0] = version;
  tagOf(shopId, number).copy(bytes, 1);
  bytes.writeBigUInt64BE(number, 1 + tagBytes);
  return bytes.toString('base64url');
}

/**
 * Gives the number that a cursor of this shop stands for; whether the log still holds it is not asked here.
 * @throws CursorInvalid when the text is anything but a cursor made for this shop, letter by letter.
 */
export function parseCursor(text: string, shopId: string, field: readonly string[] = ['after']): bigint {
  if (!cursorForm.test(text)) throw new CursorInvalid(field);
  const number = Buffer.from(text, 'base64url').readBigUInt64BE(1 + tagBytes);
  if (number > numberMax || encodeCursor(shopId, number) !== text) throw new CursorInvalid(field);
  return number;
}

function tagOf(shopId: string, number: bigint): Buffer {
  return hash('sha256', `${version}:${shopId}:${number}`, 'buffer').subarray(0, tagBytes);
}
