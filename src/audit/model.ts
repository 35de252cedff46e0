import type { Refusal } from '../kernel/errors.ts';

/** Something that an authenticated caller wanted to do with money and was not allowed to. */
export type RefusedOperation = {
  readonly actor: { readonly keyId: string; readonly merchantId: string; readonly shopId: string | undefined };
  readonly operation: string;
  readonly refusal: Refusal;
  readonly shopId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** What it was about, as the caller named it: the id of a payment or transaction. */
  readonly subject?: string | undefined;
};

/** The place and the hash of an entry, by which an operator who kept it elsewhere finds out whether the log is still his. */
export type Head = { readonly sequence: bigint; readonly hash: Buffer };

/** What the first entry has for the hash before it. */
export const noHash: Buffer = Buffer.alloc(32);

/** Something in the audit log that is not as it was written. */
export type AuditFault = {
  /** Of the entry; for several that are missing, of the first. */
  readonly sequence: bigint;
  /** One sentence for people. */
  readonly what: string;
};

/** Reads a head as it is printed: `12:` and 64 hexadecimal digits. Undefined when it is none. */
export function parseHead(text: string): Head | undefined {
  const [, sequence, hash] = /^(\d{1,18}):([0-9a-f]{64})$/i.exec(text) ?? [];
  return sequence === undefined || hash === undefined
    ? undefined
    : { sequence: BigInt(sequence), hash: Buffer.from(hash, 'hex') };
}

/** Writes a head: `12:` and 64 hexadecimal digits. */
export function formatHead({ sequence, hash }: Head): string {
  return `${sequence}:${hash.toString('hex')}`;
}
