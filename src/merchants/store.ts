import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { Merchant } from '../kernel/db/generated/prisma/client.ts';
import { listColumns } from '../kernel/db/list-columns.ts';

/** Columns of the table by the names of the row type. */
const columns = {
  id: 'id',
  status: 'status',
  legalForm: 'legal_form',
  name: 'name',
  nip: 'nip',
  regon: 'regon',
  email: 'email',
  street: 'street',
  city: 'city',
  postalCode: 'postal_code',
  country: 'country',
  clockOffsetMs: 'clock_offset_ms',
  settledTurnover: 'settled_turnover',
  countedUntil: 'turnover_counted_until',
  countedTo: 'turnover_counted_to',
  trustedIps: 'trusted_ips',
  nextPayoutAt: 'next_payout_at',
  reviewDueAt: 'review_due_at',
  heldReason: 'held_reason',
  statusReason: 'status_reason',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof Merchant, string>;

const selectList = listColumns('m', columns);

/** Reads the whole rows of merchants. Who may see them is the caller's to say. */
export async function readMerchantRows(database: Database, ids: readonly string[]): Promise<Merchant[]> {
  return read<Merchant>(database, {
    name: 'read-merchant-rows',
    text: `select ${selectList} from merchant m where m.id = any($1::text[])`,
    values: [ids],
  });
}

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
