import type { Tx } from '../../kernel/db/database.ts';

/**
 * Locks merchants, sorted by id: those whose turnover is counted, so that the sales of all their shops count one after the
 * other, and those of whose recipients refunds are taken, which all their shops share. The caller holds the locks of the shops
 * concerned and nothing of what is theirs (domain: lock order).
 */
export async function lockMerchants(tx: Tx, merchantIds: readonly string[]): Promise<void> {
  if (merchantIds.length === 0) return;
  await tx.query({
    name: 'lock-merchants',
    text: 'select id from merchant where id = any($1::text[]) order by id for no key update',
    values: [[...new Set(merchantIds)]],
  });
}
