import { type Database, read } from '../../kernel/db/database.ts';
import type { ApiKey } from '../../kernel/db/generated/prisma/client.ts';
import type { Actor } from '../actor.ts';

/** As many keys are listed, unless more than that are good. */
const listedMax = 100;

/**
 * Lists the keys of one kind that the actor may revoke: all that are good first, then those that were revoked or have expired,
 * newest first. A good key that a list leaves out would be one that nobody can find and revoke.
 * @param at by the machine's clock; keys expire by that of their merchant.
 */
export function listKeys(
  database: Database,
  { actor, kind }: { readonly actor: Actor } & Pick<ApiKey, 'kind'>,
  at: Date,
): Promise<ApiKey[]> {
  return read<ApiKey>(database, {
    name: 'list-api-keys',
    text: `
      with judged as (
        select k.*, k.revoked_at is null and (k.expires_at is null
          or k.expires_at > $4::timestamptz + m.clock_offset_ms * interval '1 millisecond') as good
        from api_key k join merchant m on m.id = k.merchant_id
        where k.merchant_id = $1::text and ($2::uuid is null or k.shop_id = $2::uuid) and k.kind = $3::api_key_kind
      ), placed as (
        select *, row_number() over (order by good desc, created_at desc, id desc) as place from judged
      )
      select id, kind, merchant_id as "merchantId", shop_id as "shopId", name, hash, hint, scopes,
        created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"
      from placed where good or place <= $5::int order by place`,
    values: [actor.merchantId, actor.shopId ?? null, kind, at, listedMax],
  });
}
