import { type Database, read } from '../../kernel/db/database.ts';

/** A merchant whose next run of payouts has come, by his own clock; `dueAt` is null before his first run. */
export type DueMerchant = { readonly id: string; readonly clockOffsetMs: number; readonly dueAt: Date | null };

/**
 * Finds up to `max` merchants whose next run has come at the machine's time `now`; those of the earliest run first.
 * @param wish.except merchants that are left out.
 */
export async function findDueMerchants(
  database: Database,
  wish: { readonly now: Date; readonly except: readonly string[]; readonly max: number },
): Promise<DueMerchant[]> {
  const rows = await read<Omit<DueMerchant, 'clockOffsetMs'> & { readonly clockOffsetMs: bigint }>(database, {
    name: 'find-merchants-to-pay',
    text: `
      select id, clock_offset_ms as "clockOffsetMs", next_payout_at as "dueAt" from merchant
      where (next_payout_at is null
          or next_payout_at <= $1::timestamptz + clock_offset_ms * interval '1 millisecond')
        and id not in (select unnest($2::text[]))
      order by next_payout_at nulls first, id limit $3::int`,
    values: [wish.now, wish.except, wish.max],
  });
  return rows.map((row) => ({ ...row, clockOffsetMs: Number(row.clockOffsetMs) }));
}
