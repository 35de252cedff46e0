import { type Database, read, type Tx } from '../kernel/db/database.ts';

/** Reads the addresses that a merchant trusts; undefined when there is no such merchant. */
export async function readTrustedIps(database: Database, merchantId: string): Promise<readonly string[] | undefined> {
  const [row] = await read<{ trustedIps: string[] }>(database, {
    name: 'read-trusted-ips',
    text: 'select trusted_ips as "trustedIps" from merchant where id = $1::text',
    values: [merchantId],
  });
  return row?.trustedIps;
}

/** Writes the addresses that a merchant trusts, and gives those that he trusted before. */
export async function writeTrustedIps(
  tx: Tx,
  merchantId: string,
  { trustedIps, at }: { readonly trustedIps: readonly string[]; readonly at: Date },
): Promise<readonly string[]> {
  const [before] = await tx.query<{ trustedIps: string[] }>({
    name: 'lock-trusted-ips',
    text: 'select trusted_ips as "trustedIps" from merchant where id = $1::text for no key update',
    values: [merchantId],
  });
  if (!before) throw new Error(`There is no merchant ${merchantId}.`);
  await tx.query({
    name: 'write-trusted-ips',
    text: 'update merchant set trusted_ips = $2::text[], updated_at = $3::timestamptz where id = $1::text',
    values: [merchantId, trustedIps, at],
  });
  return before.trustedIps;
}

/** Reads how far the clocks of merchants are ahead of the machine's. */
export async function readMerchantClocks(
  tx: Tx,
  merchantIds: readonly string[],
): Promise<Map<string, { readonly clockOffsetMs: number }>> {
  const rows = await tx.query<{ id: string; offsetMs: bigint }>({
    name: 'read-merchant-clocks',
    text: 'select id, clock_offset_ms as "offsetMs" from merchant where id = any($1::text[])',
    values: [[...new Set(merchantIds)]],
  });
  return new Map(rows.map(({ id, offsetMs }) => [id, { clockOffsetMs: Number(offsetMs) }]));
}

/** Reads when a merchant signed his contract; undefined when he has not. */
export async function readSigning(tx: Tx, merchantId: string): Promise<Date | undefined> {
  const [row] = await tx.query<{ signedAt: Date | null }>({
    name: 'read-signing',
    text: 'select signed_at as "signedAt" from contract where merchant_id = $1::text',
    values: [merchantId],
  });
  return row?.signedAt ?? undefined;
}
