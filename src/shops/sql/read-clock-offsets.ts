import type { Tx } from '../../kernel/db/database.ts';

/** Says how far the clocks of the shops' merchants are ahead, in milliseconds. */
export async function readClockOffsets(tx: Tx, shopIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ shopId: string; offsetMs: bigint }>({
    name: 'read-clock-offsets',
    text: `
      select s.id as "shopId", m.clock_offset_ms as "offsetMs" from shop s join merchant m on m.id = s.merchant_id
      where s.id = any($1::uuid[])`,
    values: [shopIds],
  });
  return new Map(rows.map((row) => [row.shopId, Number(row.offsetMs)]));
}
