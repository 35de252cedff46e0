import type { Tx } from '../../kernel/db/database.ts';

/** Notes that the run of merchants is over and when their next one is due, unless another process has noted so before. */
export async function endRun(
  tx: Tx,
  run: { readonly merchantIds: readonly string[]; readonly dueAt: Date | null; readonly nextAt: Date },
): Promise<void> {
  await tx.query({
    name: 'end-payout-run',
    text: `
      update merchant set next_payout_at = $3::timestamptz
      where id = any($1::text[]) and next_payout_at is not distinct from $2::timestamptz`,
    values: [run.merchantIds, run.dueAt, run.nextAt],
  });
}
