import { type Database, read, type Tx } from '../kernel/db/database.ts';
import { findTogether } from '../kernel/db/find-together.ts';
import type { ApiKey, OperatorKey } from '../kernel/db/generated/prisma/client.ts';

/** A key as authentication needs it. */
export type KeyRow = Pick<ApiKey, 'id' | 'kind' | 'merchantId' | 'shopId' | 'scopes' | 'expiresAt'> & {
  readonly clockOffsetMs: bigint;
  /** In hexadecimal. */
  readonly hash: string;
};

/**
 * Finds a key that is not revoked by its hash in hexadecimal; whether it has expired is the caller's to say. All keys in use are looked at
 * in one go (watch-keys.ts).
 */
export const findKey = findTogether(
  (database, hashes) =>
    read<KeyRow>(database, {
      name: 'find-api-keys',
      text: `
        select k.id, k.kind, k.merchant_id as "merchantId", k.shop_id as "shopId", k.scopes, k.expires_at as "expiresAt",
          m.clock_offset_ms as "clockOffsetMs", encode(k.hash, 'hex') as hash
        from api_key k join merchant m on m.id = k.merchant_id
        where k.hash = any($1::bytea[]) and k.revoked_at is null`,
      values: [hashes.map((hash) => Buffer.from(hash, 'hex'))],
    }),
  ({ hash }) => hash,
);

/** Writes a new key. */
export async function insertKey(tx: Tx, key: ApiKey): Promise<void> {
  await tx.query({
    name: 'insert-api-key',
    text: `
      insert into api_key (id, kind, merchant_id, shop_id, name, hash, hint, scopes, created_at, expires_at)
      values ($1::uuid, $2::api_key_kind, $3::text, $4::uuid, $5::text, $6::bytea, $7::text, $8::text[], $9::timestamptz,
        $10::timestamptz)`,
    values: [
      key.id,
      key.kind,
      key.merchantId,
      key.shopId,
      key.name,
      key.hash,
      key.hint,
      key.scopes,
      key.createdAt,
      key.expiresAt,
    ],
  });
}

/** Makes whoever makes keys for one merchant wait for each other. */
export async function lockKeysOf(tx: Tx, merchantId: string): Promise<void> {
  await tx.query({
    name: 'lock-keys-of-merchant',
    text: 'select id from merchant where id = $1::text for no key update',
    values: [merchantId],
  });
}

/** Counts the keys of a kind that a merchant has and that are neither revoked nor, by his clock, expired. */
export async function countGoodKeys(
  tx: Tx,
  { merchantId, kind }: Pick<ApiKey, 'merchantId' | 'kind'>,
  at: Date,
): Promise<number> {
  const [row] = await tx.query<{ keys: number }>({
    name: 'count-good-keys',
    text: `
      select count(*)::int as keys from api_key k join merchant m on m.id = k.merchant_id
      where k.merchant_id = $1::text and k.kind = $2::api_key_kind and k.revoked_at is null and (k.expires_at is null
        or k.expires_at > $3::timestamptz + m.clock_offset_ms * interval '1 millisecond')`,
    values: [merchantId, kind, at],
  });
  return row?.keys ?? 0;
}

/**
 * Revokes a key of this kind of the merchant, and of the shop if one is given.
 * @returns undefined when there is no such key; `isNew` false when it was revoked before.
 */
export async function markRevoked(
  tx: Tx,
  key: Pick<ApiKey, 'id' | 'kind' | 'merchantId'> & { readonly shopId: string | undefined },
  at: Date,
): Promise<{ readonly name: string; readonly isNew: boolean } | undefined> {
  const [row] = await tx.query<{ name: string; isNew: boolean }>({
    name: 'revoke-api-key',
    text: `
      update api_key k set revoked_at = coalesce(k.revoked_at, $4::timestamptz)
      from (
        select id, revoked_at from api_key
        where id = $1::uuid and merchant_id = $2::text and ($3::uuid is null or shop_id = $3::uuid)
          and kind = $5::api_key_kind
        for update
      ) as before
      where k.id = before.id
      returning k.name, before.revoked_at is null as "isNew"`,
    values: [key.id, key.merchantId, key.shopId ?? null, at, key.kind],
  });
  return row;
}

/** Revokes all keys of a merchant with this name that were made at this moment and are good; gives their ids. */
export async function revokeKeysMadeAt(
  tx: Tx,
  keys: Pick<ApiKey, 'merchantId' | 'name' | 'createdAt'>,
  at: Date,
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>({
    name: 'revoke-keys-made-at',
    text: `
      update api_key set revoked_at = $4::timestamptz
      where merchant_id = $1::text and name = $2::text and created_at = $3::timestamptz and revoked_at is null
      returning id`,
    values: [keys.merchantId, keys.name, keys.createdAt, at],
  });
  return rows.map(({ id }) => id);
}

/** Finds an operator's key that is not revoked by its hash; whether it has expired is the caller's to say. */
export async function findOperatorKey(
  database: Database,
  hash: Buffer,
): Promise<Pick<OperatorKey, 'id' | 'name' | 'expiresAt'> | undefined> {
  const [row] = await read<Pick<OperatorKey, 'id' | 'name' | 'expiresAt'>>(database, {
    name: 'find-operator-key',
    text: `
      select id, name, expires_at as "expiresAt" from operator_key where hash = $1::bytea and revoked_at is null`,
    values: [hash],
  });
  return row;
}

/** Whether a key and an operator's key are here, and not revoked, by their hashes. */
export async function keepsKeys(
  tx: Tx,
  { key, operatorKey }: { readonly key: Buffer; readonly operatorKey: Buffer },
): Promise<{ readonly key: boolean; readonly operatorKey: boolean }> {
  const [kept] = await tx.query<{ key: boolean; operatorKey: boolean }>({
    name: 'keeps-keys',
    text: `
      select exists (select from api_key where hash = $1::bytea and revoked_at is null) as key,
        exists (select from operator_key where hash = $2::bytea and revoked_at is null) as "operatorKey"`,
    values: [key, operatorKey],
  });
  return kept ?? { key: false, operatorKey: false };
}

/** Writes a new operator's key. */
export async function insertOperatorKey(tx: Tx, key: Omit<OperatorKey, 'revokedAt'>): Promise<void> {
  await tx.query({
    name: 'insert-operator-key',
    text: `
      insert into operator_key (id, name, hash, hint, created_at, expires_at)
      values ($1::uuid, $2::text, $3::bytea, $4::text, $5::timestamptz, $6::timestamptz)`,
    values: [key.id, key.name, key.hash, key.hint, key.createdAt, key.expiresAt],
  });
}

/** Revokes an operator's key, and gives its name; undefined when there is no such key that is good. */
export async function endOperatorKey(tx: Tx, id: string, at: Date): Promise<string | undefined> {
  const [row] = await tx.query<{ name: string }>({
    name: 'revoke-operator-key',
    text: 'update operator_key set revoked_at = $2::timestamptz where id = $1::uuid and revoked_at is null returning name',
    values: [id, at],
  });
  return row?.name;
}
