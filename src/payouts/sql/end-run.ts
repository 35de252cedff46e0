import type { Tx } from '../../kernel/db/database.ts';

/**
 * Notes that the run of merchants is over and when their next one is due, unless another process has noted so before. Locks them sorted
 * by id, as all others do (domain: lock order).
 */
export async function endRun(
  tx: Tx,
  run: { readonly merchantIds: readonly string[]; readonly dueAt: Date | null; readonly nextAt: Date },
): Promise<void> {
  await tx.query({
    name: 'end-payout-run',
    text: `
      with held as materialized (
        select id from merchant where id = any($1::text[]) and next_payout_at is not distinct from $2::timestamptz
        order by id for no key update
      )
      update merchant m set next_payout_at = $3::timestamptz from held where m.id = held.id`,
    values: [run.merchantIds, run.dueAt, run.nextAt],
  });
}
