import type { Database } from '../../src/kernel/db/database.ts';

/** Gives a merchant many keys at once, which nobody can show; they are newer than all that others make. */
export async function giveKeys(
  database: Database,
  given: {
    readonly merchantId: string;
    readonly kind: 'API' | 'REST';
    readonly count: number;
    readonly revokedAt?: Date;
    readonly expiresAt?: Date;
  },
): Promise<void> {
  await database.pool.query(
    `insert into api_key (id, kind, merchant_id, name, hash, hint, scopes, created_at, expires_at, revoked_at)
      select gen_random_uuid(), $2::api_key_kind, $1, 'One of many', sha256(gen_random_uuid()::text::bytea), '0000',
        '{payments:read}', '2090-01-01', $4::timestamptz, $5::timestamptz
      from generate_series(1, $3::int)`,
    [given.merchantId, given.kind, given.count, given.expiresAt ?? null, given.revokedAt ?? null],
  );
}
