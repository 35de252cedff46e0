import { randomBytes, randomUUID } from 'node:crypto';
import { NotFound } from './errors.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const merchantIdPattern = /^[a-z0-9]{20}$/;
const merchantIdAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A new id for a row: UUID version 7 (RFC 9562), so that new rows land at the end of their index. */
export function newId(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** A new shop id: UUID version 4, the form that imoje clients check (imoje protocol, section 0). */
export function newShopId(): string {
  return randomUUID();
}

/** A new merchant id: 20 characters `[a-z0-9]`, the one id that is no UUID (imoje protocol, section 0). */
export function newMerchantId(): string {
  let id = '';
  while (id.length < 20) {
    for (const byte of randomBytes(32)) {
      // 252 is the largest multiple of 36 in a byte: taking only smaller ones keeps every character equally likely.
      if (byte < 252 && id.length < 20) id += merchantIdAlphabet[byte % 36];
    }
  }
  return id;
}

/** Says whether a text is a UUID in lower case with hyphens. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** A UUID without hyphens, for fields that have no room for them: banks know what we sent by it (EndToEndId). */
export function withoutHyphens(id: string): string {
  return id.replaceAll('-', '');
}

/** The UUID that 32 hexadecimal digits are, however their letters are written; undefined when they are none. */
export function withHyphens(digits: string): string | undefined {
  const id = digits.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return digits.length === 32 && isUuid(id) ? id : undefined;
}

/** Says whether a text has the form of a merchant id. */
export function isMerchantId(text: string): boolean {
  return merchantIdPattern.test(text);
}

/**
 * Takes the id of a merchant as it came from outside.
 * @throws NotFound when it has another form: nobody can have such an id.
 */
export function parseMerchantId(text: string, field: readonly string[] = ['merchantId']): string {
  if (!isMerchantId(text)) {
    throw new NotFound('No merchant has this id; ids have 20 characters, a to z and 0 to 9.', field);
  }
  return text;
}

/**
 * Takes the id of a row as it came from outside.
 * @param noun what was asked for, for the message: `payment`.
 * @throws NotFound when it is no UUID: nothing can have such an id.
 */
export function parseId(text: string, noun: string, field: readonly string[] = ['id']): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw new NotFound(`No ${noun} has this id; ids are UUIDs.`, field);
  return id;
}
